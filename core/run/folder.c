/* folder.c - working folders: made on first use, gone or as new afterwards */
#include "run/work.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

const char *gw_work_folder(struct gw_run *run, struct gw_error *err)
{
	struct gw_work *work = run->self;
	if (!work->folder)
		work->folder = gw_steal(work->spare);
	if (work->folder)
		return work->folder;
	gw_auto_free char *path = gw_sprintf("%s/%s", work->base, gw_id_new(gw_clock_now()).text);
	const struct gw_task_user *user = gw_hosts_user(work->setup->hosts);
	if (mkdir(path, 0700) != 0 || (user->is_set && chown(path, user->uid, user->gid) != 0)) {
		gw_fail_errno(err, errno, "making the working folder %s", path);
		return NULL;
	}
	work->folder = gw_steal(&path);
	return work->folder;
}

static _Thread_local const struct gw_task_user *new_owner; /* nftw takes no argument */

static int give_away(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return lchown(path, new_owner->uid, new_owner->gid);
}

bool gw_work_give_folder(struct gw_work *work, struct gw_error *err)
{
	new_owner = gw_hosts_user(work->setup->hosts);
	if (!new_owner->is_set || nftw(work->folder, give_away, 32, FTW_PHYS) == 0)
		return true;
	return gw_fail_errno(err, errno, "giving %s to the user of tasks", work->folder);
}

static bool is_untouched(const char *folder)
{
	struct stat st;
	size_t n = 0;
	DIR *dir = opendir(folder);
	if (!dir)
		return false;
	while (n < 3 && readdir(dir))
		n++; /* "." and ".." are always there */
	bool is_same = n == 2 && fstat(dirfd(dir), &st) == 0 && (st.st_mode & 07777) == 0700;
	closedir(dir);
	return is_same;
}

/* Most tasks leave nothing behind, and making a folder can cost a disk more than a task costs. */
void gw_work_return_folder(struct gw_work *work)
{
	struct gw_error err;
	if (!work->folder)
		return;
	bool is_foreign = gw_hosts_user(work->setup->hosts)->is_set;
	bool is_reusable = work->stop == GW_GOES_ON && !is_foreign && !*work->spare;
	if (is_reusable && is_untouched(work->folder))
		*work->spare = gw_steal(&work->folder);
	else if (!gw_tree_remove(work->folder, &err))
		gw_log(GW_WARN, "run", "%s", err.message);
}
