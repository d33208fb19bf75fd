/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both VMMs, tinyvmm and asker, ask of KVM in the same way. All of it exits the
 * process with a message if it fails.
 */
#ifndef KVMCALLS_H
#define KVMCALLS_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes the program's name and the message to standard error. */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

/* The result of a system call, which failed if it is negative; errno then says why. */
int must(int result, const char *what);

/* Zeroed; the caller's to free. */
void *allocate(size_t size);

/* Creates a VM, with interrupt controllers in the kernel or without: its descriptor. */
int create_vm(int kvm, bool irqchip);

/* Gives the VM size bytes of memory, zeroed, from address 0 on. It lives as long as the process. */
uint8_t *add_memory(int vm, size_t size);

/*
 * Creates a vCPU and maps its kvm_run: its descriptor. It has what CPUID KVM supports;
 * vendor, 12 characters or NULL, replaces that of leaf 0.
 */
int add_vcpu(int kvm, int vm, unsigned int id, const char *vendor, struct kvm_run **ret_run);

#endif
