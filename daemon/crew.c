// SPDX-License-Identifier: GPL-2.0-or-later
#include "crew.h"

#include "clock.h"

#define STOP_NS	   (100 * NS_PER_MS)
#define STACK_SIZE ((size_t)256 * 1024)

void crew_init(struct crew *crew)
{
	*crew = (struct crew){0};
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	clock_cond_init(&crew->progress);
}

int crew_start(struct crew *crew, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err = -pthread_attr_init(&attr);

	if (err)
		return err;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = -pthread_create(&thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	if (!err)
		crew->threads++;
	return err;
}

void *crew_leave(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->threads--;
	pthread_cond_broadcast(&crew->progress);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

bool crew_end(struct crew *crew)
{
	struct timespec until;
	bool ended;
	int err = 0;

	pthread_mutex_lock(&crew->lock);
	crew->stop = true;
	pthread_cond_broadcast(&crew->work);
	until = clock_timespec(clock_ns() + STOP_NS);
	while (crew->threads && !err)
		err = pthread_cond_timedwait(&crew->progress, &crew->lock, &until);
	ended = !crew->threads;
	pthread_mutex_unlock(&crew->lock);
	if (!ended)
		return false;
	pthread_cond_destroy(&crew->progress);
	pthread_cond_destroy(&crew->work);
	pthread_mutex_destroy(&crew->lock);
	return true;
}
