// SPDX-License-Identifier: MIT
/*
 * First and only process of the boot proof. Runs the scripts in /cases that the kernel command line names, one line a step,
 * says what every step gave, and switches the machine off. Nothing here judges: the reader of the log does.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CASE_SECONDS	30

static int fd = -1;
static pid_t reader;
static int kernel_log = -1;
static int console = -1;

/* Through the kernel's log: in order with its own messages, and out before a crash. */
static void tell(const char *format, ...)
{
	char line[256] = "<1>";
	va_list values;

	va_start(values, format);
	vsnprintf(line + 3, sizeof(line) - 3, format, values);
	va_end(values);
	if (write(console, line, strlen(line)) < 0)
		_exit(1);
}

/* What a step gave: a number, or the name of the error that it has just left in errno. */
static void say(const char *step, long value)
{
	if (value < 0)
		tell("@ %s: %s\n", step, strerrorname_np(errno));
	else
		tell("@ %s: %lx\n", step, value);
}

static int write_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);
	int ret = file < 0 ? -1 : write(file, text, strlen(text));

	if (file >= 0)
		close(file);
	return ret < 0 ? -1 : 0;
}

static void insmod(const char *name, const char *params)
{
	char path[128];
	int module;

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	module = open(path, O_RDONLY);
	say("insmod", syscall(SYS_finit_module, module, params, 0));
	close(module);
}

static long read_value(void)
{
	unsigned int value = 0;
	long ret = read(fd, &value, sizeof(value));

	return ret < 0 ? ret : (long)value;
}

/* Waits in a child, so that a step that hangs is seen to hang. */
static int ends_within(pid_t child, int seconds)
{
	int status;

	for (int i = 0; i < seconds * 20; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return 1;
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	}
	return 0;
}

static void unbind(const char *driver, const char *device, int seconds)
{
	char path[160];
	pid_t child;

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s/unbind", driver);
	child = fork();
	if (!child)
		_exit(write_text(path, device) ? 1 : 0);
	tell("@ unbind: %s\n", ends_within(child, seconds) ? "done" : "hangs");
}

/* Messages of the kernel since the case began. */
static void await(const char *text, int seconds)
{
	char record[1024];

	for (int i = 0; i < seconds * 20; i++) {
		long got;

		while ((got = read(kernel_log, record, sizeof(record) - 1)) > 0) {
			record[got] = 0;
			if (strstr(record, text)) {
				tell("@ await: seen\n");
				return;
			}
		}
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	}
	tell("@ await: nothing\n");
}

/* Until the reader sleeps in the kernel. */
static void start_reader(void)
{
	char path[64], state = 'R';

	reader = fork();
	if (!reader) {
		say("reader", read_value());
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", reader);
	for (int i = 0; i < 100 && state == 'R'; i++) {
		FILE *stat = fopen(path, "r");

		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
		if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = 'R';
		if (stat)
			fclose(stat);
	}
}

static void step(const char *line, const char *name)
{
	char device[96], path[128];
	unsigned int number;

	snprintf(device, sizeof(device), "%s", name);
	snprintf(path, sizeof(path), "/dev/%s", name);
	if (!strcmp(line, "insmod"))
		insmod(name, "");
	else if (!strcmp(line, "rmmod"))
		say("rmmod", syscall(SYS_delete_module, name, O_NONBLOCK));
	else if (!strcmp(line, "open"))
		say("open", (fd = open(path, O_RDWR)) < 0 ? -1 : 0);
	else if (!strcmp(line, "read"))
		say("read", read_value());
	else if (!strcmp(line, "write"))
		say("write", write(fd, "\0\0\0", 4));
	else if (sscanf(line, "ioctl %x", &number) == 1) {
		unsigned int value = 0;
		long ret = ioctl(fd, number, &value);

		say("ioctl", ret < 0 ? ret : (long)value);
	} else if (!strcmp(line, "poll")) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		say("poll", poll(&wait, 1, 0) < 0 ? -1 : wait.revents);
	} else if (!strcmp(line, "close"))
		say("close", close(fd));
	else if (!strcmp(line, "start reader"))
		start_reader();
	else if (!strcmp(line, "end reader")) {
		tell("@ end reader: %s\n", ends_within(reader, 5) ? "done" : "sleeps");
		kill(reader, SIGKILL);
		tell("@ kill reader: %s\n", ends_within(reader, 5) ? "done" : "sleeps");
	} else if (!strcmp(line, "unbind"))
		unbind(name, device, 8);
	else if (!strncmp(line, "await ", 6))
		await(line + 6, 10);
	else
		tell("@ cannot do: %s\n", line);
}

static void run_script(const char *name)
{
	char path[128], line[128];
	FILE *script;

	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(kernel_log, 0, SEEK_END);
	snprintf(path, sizeof(path), "/cases/%s", name);
	script = fopen(path, "r");
	while (script && fgets(line, sizeof(line), script)) {
		line[strcspn(line, "\n")] = 0;
		step(line, name);
	}
	_exit(0);
}

static void run_case(const char *name)
{
	pid_t child;

	tell("@begin %s\n", name);
	child = fork();
	if (!child)
		run_script(name);
	if (!ends_within(child, CASE_SECONDS))
		tell("@ stuck\n");
	tell("@end %s\n", name);
}

int main(void)
{
	static char line[4096];
	char *names;
	FILE *file;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/kmsg", O_WRONLY);

	file = fopen("/proc/cmdline", "r");
	names = file && fgets(line, sizeof(line), file) ? strstr(line, "cases=") : NULL;
	if (names) {
		char params[4096];

		names[strcspn(names, " \n")] = 0;
		snprintf(params, sizeof(params), "names=%s", names + 6);
		if (access("/modules/fs_revocable.ko", R_OK) == 0)
			insmod("fs_revocable", "");
		insmod("platform", params);
		for (char *name = strtok(names + 6, ","); name; name = strtok(NULL, ","))
			run_case(name);
	}
	tell("@over\n");
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
