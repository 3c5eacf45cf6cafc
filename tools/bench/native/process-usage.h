/* What a process has used, as the kernel counts it. */
#ifndef PORTHOLE_PROCESS_USAGE_H
#define PORTHOLE_PROCESS_USAGE_H
#include <dirent.h>
#include <stdio.h>
#include <time.h>

static double now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* CPU seconds of all threads, to the nanosecond; /proc/PID/stat counts ticks only. */
static double cpu_seconds(int pid) {
	char path[400];
	double sum = 0;
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return 0;
	struct dirent *task;
	while ((task = readdir(tasks))) {
		if (task->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
		FILE *file = fopen(path, "r");
		if (!file)
			continue;
		double nanoseconds;
		if (fscanf(file, "%lf", &nanoseconds) == 1)
			sum += nanoseconds;
		fclose(file);
	}
	closedir(tasks);
	return sum / 1e9;
}

/* Resident memory in units of 2^20 octets. */
static double rss_megabytes(int pid) {
	char line[256];
	long kilobytes = 0;
	snprintf(line, sizeof line, "/proc/%d/status", pid);
	FILE *file = fopen(line, "r");
	if (!file)
		return 0;
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes / 1024.;
}
#endif
