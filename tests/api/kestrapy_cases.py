"""What a program does with kestrapy: kestrapy_cases.py PORT VERSION. Says "passed NAME" or "failed
NAME" and why."""

import sys
import time
import traceback

import kestrapy
from kestrapy import KestraClient

PORT, VERSION = int(sys.argv[1]), sys.argv[2]
IS_2 = VERSION.startswith("2")
NAMESPACE = "api.kestrapy" + ("2" if IS_2 else "1")
TENANT = "main"

client = KestraClient(host="http://127.0.0.1:%d" % PORT, username="root@root.com", password="x",
                      timeout=30)
flows, executions, triggers, logs = client.flows, client.executions, client.triggers, client.logs

FLOW = """id: %s
namespace: """ + NAMESPACE + """
labels: {team: birds}
inputs: [{id: name, type: STRING, defaults: wader}]
tasks: [{id: give, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.name }}"}]
"""
WAIT = """id: wait
namespace: """ + NAMESPACE + """
tasks: [{id: pause, type: io.kestra.plugin.core.flow.Pause}]
"""
SCHEDULE = """id: scheduled
namespace: """ + NAMESPACE + """
tasks: [{id: pause, type: io.kestra.plugin.core.flow.Pause}]
triggers:
  - {id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 9 * * *", timezone: UTC}
"""

CASES = []


def case(function):
    CASES.append(function)
    return function


def equals(actual, expected):
    if actual != expected:
        raise AssertionError("%r is not %r" % (actual, expected))


def eventually(ask, expected, seconds=10):
    end = time.monotonic() + seconds
    while ask() != expected and time.monotonic() < end:
        time.sleep(0.02)
    equals(ask(), expected)


def text(value):
    return getattr(value, "value", value)


def member(value, name):
    """Some calls answer dictionaries, others models."""
    return value[name] if isinstance(value, dict) else getattr(value, name)


def state_of(ident):
    return text(executions.execution(ident, TENANT).state.current)


FIELDS_OF_1 = {"namespace": "NAMESPACE", "flowId": "FLOW_ID", "state": "STATE"}


def in_namespace(**more):
    filters = []
    for field, value in dict(namespace=NAMESPACE, **more).items():
        filters.append({"field": field if IS_2 else FIELDS_OF_1[field], "operation": "EQUALS",
                        "value": value if IS_2 else {"value": value}})
    return [kestrapy.QueryFilter.from_dict(f) for f in filters]


def refused(status, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except Exception as error:  # the two versions have different ones
        equals(getattr(error, "status", None), status)
        return
    raise AssertionError("it was not refused")


# ---- Flows ----


@case
def flows_are_created_read_changed_and_deleted():
    made = flows.create_flow(TENANT, FLOW % "one")
    equals((made.id, made.revision), ("one", 1))
    equals(flows.flow(NAMESPACE, "one", TENANT, source=True).source.strip(), (FLOW % "one").strip())
    changed = flows.update_flow(NAMESPACE, "one", TENANT, FLOW % "one" + "description: new\n")
    equals(changed.revision, 2)
    equals(flows.flow(NAMESPACE, "one", TENANT, revision=1).revision, 1)
    equals([r.revision for r in flows.list_flow_revisions(NAMESPACE, "one", TENANT)], [1, 2])
    equals(flows.task_from_flow(NAMESPACE, "one", "give", TENANT).id, "give")
    flows.delete_flow(NAMESPACE, "one", TENANT)
    refused(404, flows.flow, NAMESPACE, "one", TENANT)


@case
def a_flow_that_exists_is_refused():
    flows.create_flow(TENANT, FLOW % "two")
    refused(422, flows.create_flow, TENANT, FLOW % "two")


@case
def flows_are_found():
    page = flows.search_flows(TENANT, page=1, size=5, filters=in_namespace())
    equals([f.id for f in page.results], ["two"])
    equals(page.total, 1)
    equals([f.id for f in flows.list_flows_by_namespace(NAMESPACE, TENANT)], ["two"])
    equals(flows.list_distinct_namespaces(TENANT, q=NAMESPACE), [NAMESPACE])
    found = flows.search_flows_by_source_code(TENANT, q="debug.Return", namespace=NAMESPACE)
    equals(found.total, 1)


@case
def many_flows_are_switched_and_deleted():
    flows.update_flows_in_namespace(NAMESPACE, TENANT, FLOW % "two" + "---\n" + FLOW % "three",
                                    delete=False)
    ids = [kestrapy.IdWithNamespace(id=i, namespace=NAMESPACE) for i in ("two", "three")]
    equals(flows.disable_flows_by_ids(TENANT, ids).count, 2)
    equals(flows.enable_flows_by_query(TENANT, filters=in_namespace()).count, 2)
    equals(flows.delete_flows_by_ids(TENANT, ids[1:]).count, 1)


@case
def flows_are_exported_checked_and_drawn():
    ids = [kestrapy.IdWithNamespace(id="two", namespace=NAMESPACE)]
    equals(bytes(flows.export_flows_by_ids(TENANT, ids))[:2], b"PK")
    result = flows.validate_flows(TENANT, FLOW % "two")[0]
    equals(result.constraints, None)
    graph = flows.generate_flow_graph(NAMESPACE, "two", TENANT)
    equals("root.give" in [n.uid for n in graph.nodes], True)
    flows.flow_dependencies(NAMESPACE, "two", TENANT)


# ---- Executions ----


@case
def executions_run_with_inputs():
    made = executions.create_execution(TENANT, NAMESPACE, "two", labels=["who:me"], wait=True,
                                       inputs={"name": "godwit"})
    equals(text(made.state.current), "SUCCESS")
    equals(made.inputs["name"], "godwit")
    read = executions.execution(made.id, TENANT)
    equals([run.task_id for run in read.task_run_list], ["give"])
    equals(member(executions.eval_expression(made.id, TENANT, "{{ flow.id }}"), "result"), "two")
    equals(executions.flow_from_execution_by_id(made.id, TENANT).id, "two")
    executions.execution_flow_graph(made.id, TENANT)


@case
def a_flow_that_is_not_there_does_not_run():
    refused(404, executions.create_execution, TENANT, NAMESPACE, "nothing")


@case
def executions_are_found():
    page = executions.search_executions(TENANT, filters=in_namespace(flowId="two"))
    equals(member(page, "total"), 1)
    equals(member(executions.search_executions_by_flow_id(TENANT, NAMESPACE, "two"), "total"), 1)


@case
def executions_are_paused_resumed_and_killed():
    flows.create_flow(TENANT, WAIT)
    first = executions.create_execution(TENANT, NAMESPACE, "wait")
    eventually(lambda: state_of(first.id), "PAUSED")
    executions.resume_execution(first.id, TENANT)
    eventually(lambda: state_of(first.id), "SUCCESS")
    second = executions.create_execution(TENANT, NAMESPACE, "wait")
    eventually(lambda: state_of(second.id), "PAUSED")
    executions.kill_execution(second.id, TENANT)
    eventually(lambda: state_of(second.id), "KILLED")
    refused(409, executions.kill_execution, second.id, TENANT)


@case
def ended_executions_get_labels_states_and_replays():
    made = executions.create_execution(TENANT, NAMESPACE, "two", wait=True)
    label = kestrapy.Label(key="more", value="yes")
    executions.set_labels_on_terminated_execution(made.id, TENANT, [label])
    labels = {l.key: l.value for l in executions.execution(made.id, TENANT).labels}
    equals(labels["more"], "yes")
    executions.update_execution_status(made.id, "WARNING", TENANT)
    equals(state_of(made.id), "WARNING")
    again = executions.replay_execution(made.id, TENANT)
    equals(again.id != made.id, True)
    refused(422, executions.restart_execution, made.id, TENANT)  # nothing of it failed
    executions.delete_execution(made.id, TENANT)
    refused(404, executions.execution, made.id, TENANT)


@case
def many_executions_are_killed_at_once():
    made = [executions.create_execution(TENANT, NAMESPACE, "wait").id for _ in range(3)]
    for ident in made:
        eventually(lambda: state_of(ident), "PAUSED")
    executions.kill_executions_by_ids(TENANT, made[:1])
    eventually(lambda: state_of(made[0]), "KILLED")
    executions.kill_executions_by_query(TENANT, filters=in_namespace(flowId="wait", state="PAUSED"))
    for ident in made:
        eventually(lambda: state_of(ident), "KILLED")
    refused(400, executions.kill_executions_by_ids, TENANT, ["nothing"])
    equals(executions.delete_executions_by_ids(TENANT, made).count, 3)


@case
def executions_are_followed():
    made = executions.create_execution(TENANT, NAMESPACE, "two")
    states = [text(e.state.current) for e in executions.follow_execution(made.id, TENANT)]
    equals(states[-1], "SUCCESS")


@case
def logs_are_read():
    made = executions.create_execution(TENANT, NAMESPACE, "two", wait=True)
    logs.list_logs_from_execution(made.id, TENANT)
    logs.search_logs(TENANT, page=1, size=5)
    logs.delete_logs_from_execution(made.id, TENANT)


# ---- Models: the client forgives what does not fit them, this does not ----


def get(path):
    answer = client._session.get("http://127.0.0.1:%d/api/v1/main/%s" % (PORT, path))
    equals(answer.status_code, 200)
    return answer.json()


def mend(value):
    """Some models of 2.0 want members that servers leave out, and inputs to be objects."""
    if isinstance(value, dict):
        if "current" in value and "histories" in value:
            value.update(getDuration="PT1S", getStartDate=value["startDate"],
                         getEndDate=value["startDate"])
        value.pop("inputs", None)
        value.setdefault("draft", False)
        for item in value.values():
            mend(item)
    for item in value if isinstance(value, list) else []:
        mend(item)
    return value


@case
def answers_fit_the_models():
    made = executions.create_execution(TENANT, NAMESPACE, "two", wait=True)
    one = kestrapy.ApiExecution if IS_2 else kestrapy.Execution
    listed = kestrapy.ApiLightExecution if IS_2 else kestrapy.Execution
    one.from_dict(mend(get("executions/" + made.id)))
    found = get("executions/search?q=" + made.id)["results"][0]
    listed.from_dict(mend(found))
    kestrapy.FlowWithSource.from_dict(mend(get("flows/%s/two?source=true" % NAMESPACE)))
    kestrapy.FlowGraph.from_dict(get("flows/%s/two/graph" % NAMESPACE))
    kestrapy.FlowTopologyGraph.from_dict(get("flows/%s/two/dependencies" % NAMESPACE))
    for entry in get("logs/" + made.id):
        kestrapy.LogEntry.from_dict(entry)


# ---- Triggers ----


def trigger_id():
    kind = kestrapy.TriggerControllerApiTriggerId if IS_2 else kestrapy.Trigger
    members = {"namespace": NAMESPACE, "flowId": "scheduled", "triggerId": "daily"}
    if not IS_2:
        members["date"] = "2024-12-01T00:00:00Z"
    return kind.from_dict(members)


@case
def triggers_are_found():
    flows.create_flow(TENANT, SCHEDULE)
    row = member(triggers.search_triggers(TENANT, filters=in_namespace()), "results")[0]
    state = member(row, "state" if IS_2 else "triggerContext")
    definition = member(row, "trigger" if IS_2 else "abstractTrigger")
    equals((state["flowId"], state["triggerId"]), ("scheduled", "daily"))
    equals(definition["id"], "daily")
    (kestrapy.ApiTriggerState if IS_2 else kestrapy.Trigger).from_dict(state)
    kestrapy.AbstractTrigger.from_dict(definition)
    of_flow = triggers.search_triggers_for_flow(TENANT, NAMESPACE, "scheduled")
    equals(member(of_flow, "total"), 1)


@case
def triggers_are_switched_and_restarted():
    request = {"triggers": [trigger_id().to_dict()], "disabled": True}
    request = kestrapy.TriggerControllerSetDisabledRequest.from_dict(request)
    triggers.disabled_triggers_by_ids(TENANT, request)
    of_flow = triggers.search_triggers_for_flow(TENANT, NAMESPACE, "scheduled")
    equals(member(of_flow, "results")[0]["disabled"], True)
    triggers.disabled_triggers_by_query(TENANT, disabled=False, filters=in_namespace())
    triggers.restart_trigger(TENANT, NAMESPACE, "scheduled", "daily")
    refused(409, triggers.unlock_trigger, TENANT, NAMESPACE, "scheduled", "daily")


@case
def backfills_are_started_paused_and_deleted():
    if not IS_2:
        refused(400, triggers.pause_backfill, TENANT, trigger_id())
        return
    request = dict(trigger_id().to_dict(),
                   backfill={"start": "2024-12-01T00:00:00Z", "end": "2024-12-31T00:00:00Z"})
    request = kestrapy.TriggerControllerApiCreateBackfillRequest.from_dict(request)
    equals(triggers.create_backfill(TENANT, request)["backfill"]["paused"], False)
    refused(409, triggers.create_backfill, TENANT, request)
    equals(triggers.pause_backfill(TENANT, trigger_id())["backfill"]["paused"], True)
    equals(triggers.unpause_backfill(TENANT, trigger_id())["backfill"]["paused"], False)
    equals("backfill" in triggers.delete_backfill(TENANT, trigger_id()), False)
    refused(400, triggers.delete_backfill, TENANT, trigger_id())


@case
def triggers_are_exported_and_deleted():
    equals("daily" in str(triggers.export_triggers(TENANT, filters=in_namespace())), True)
    triggers.delete_trigger(TENANT, NAMESPACE, "scheduled", "daily")


def main():
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        try:
            function()
            print("passed " + name)
        except Exception:
            failed += 1
            print("failed " + name)
            print(traceback.format_exc())
    return 1 if failed else 0


sys.exit(main())
