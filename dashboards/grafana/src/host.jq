# SPDX-License-Identifier: GPL-2.0-or-later
# One host: which of its VMs exits too much, and is the exporter well?
include "lib";

def host: "job=~\"$job\",instance=\"$host\"";
def sel: "\(host),vm=~\"$vm\"";
def exits: "rate(kvm_vm_exits_total{\(sel)}[$__rate_interval])";
def handling: "rate(kvm_vm_exit_seconds_total{\(sel),phase!=\"blocked\"}[$__rate_interval])";
def handling_help: "Exit handling is time from an exit to the next entry in KVM (kernel) and the VMM (user); time that a guest is blocked, with nothing to do, is left out.";

dashboard("kvm-exits-host"; "KVM exits: host"; "The VMs of one host by what their VM exits cost, and how the exporter fares.";
	(var_datasource, var_job, var_host, (var_vm | any));
	(link_to("kvm-exits-fleet"; "Fleet"; "datasource", "job"), link_to("kvm-exits-vm"; "VM"; "datasource", "job", "host"));

	stat("VMs"; "VMs that the exporter sees."; "none"; q("count(kvm_vm_vcpus{\(sel)})"; "VMs")),
	stat("vCPUs"; "vCPUs of these VMs."; "none"; q("sum(kvm_vm_vcpus{\(sel)})"; "vCPUs")),
	stat("Exits"; "VM exits per second."; per_second; q("sum(\(exits))"; "exits")),
	stat("Exit handling"; "\(handling_help) Of one second, over all VMs."; seconds_per_second; q("sum(\(handling))"; "handling")),
	(stat("Share of vCPU time"; "Exit handling of the time that all vCPUs have."; share;
		q("sum(\(handling)) / sum(kvm_vm_vcpus{\(sel)})"; "share"))
		| thresholds({color: "orange", value: 0.1}, {color: "red", value: 0.2})),
	(stat("Counters read"; "1: the exporter reads KVM's counters. 0: it cannot; see its source below."; "bool_yes_no";
		q("min(kvm_exit_exporter_collector_success{\(host)})"; "read"))
		| .fieldConfig.defaults += {color: {mode: "thresholds"}, thresholds: {mode: "absolute",
			steps: [{color: "red", value: null}, {color: "green", value: 1}]}}),

	row("Which VM"),
	(timeseries("VMs by exit handling"; "Seconds of exit handling per second: the fifteen VMs that cost most. \(handling_help)"; seconds_per_second;
		q("topk(15, sum by (instance, vm) (\(handling)))"; "{{vm}}")) | size(8; 10) | link_vm),
	(timeseries("VMs by exits"; "The fifteen VMs with the most exits per second."; per_second;
		q("topk(15, sum by (instance, vm) (\(exits)))"; "{{vm}}")) | size(8; 10) | link_vm),
	(timeseries("VMs by share of their vCPU time"; "Exit handling of the time that the VM's vCPUs have: 100 % is all of it."; share;
		q("topk(15, sum by (instance, vm) (\(handling)) / sum by (instance, vm) (kvm_vm_vcpus{\(sel)} > 0))"; "{{vm}}")) | size(8; 10) | link_vm),

	row("Why, and who spends the time"),
	(timeseries("Phases"; "Time of all exits: KVM (kernel), the VMM (user), and blocked, where guests had nothing to do."; seconds_per_second;
		q("sum by (phase) (rate(kvm_vm_exit_seconds_total{\(sel)}[$__rate_interval]))"; "{{phase}}")) | stacked),
	(timeseries("Mean time per exit by reason"; "Exit handling per exit: a reason that got slower, rather than more frequent, shows here. \(handling_help)"; "s";
		q("sum by (reason) (\(handling)) / (sum by (reason) (\(exits)) > 0)"; "{{reason}}"))),
	timeseries("Top reasons by time"; "The ten exit reasons that cost most. \(handling_help)"; seconds_per_second;
		q("topk(10, sum by (reason) (\(handling)))"; "{{reason}}")),
	timeseries("Top reasons by count"; "The ten most frequent exit reasons."; per_second;
		q("topk(10, sum by (reason) (\(exits)))"; "{{reason}}")),
	(timeseries("Paused"; "vCPUs outside KVM_RUN after a signal: stopped, being migrated or debugged. 1 s/s is one vCPU paused all the time."; seconds_per_second;
		q("sum by (instance, vm) (rate(kvm_vm_paused_seconds_total{\(sel)}[$__rate_interval]))"; "{{vm}}")) | link_vm),
	(timeseries("Dropped intervals"; "Exits that have no time, since the TSCs of the host's CPUs disagreed. Anything but 0 makes times too small."; per_second;
		q("sum by (instance, vm) (rate(kvm_vm_dropped_intervals_total{\(sel)}[$__rate_interval]))"; "{{vm}}")) | link_vm),

	row("The exporter"),
	(timeseries("Health"; "up: Prometheus could scrape it. read: it could read the counters. Both are to be 1."; "none";
		(q("min by (instance) (up{\(host)})"; "up {{instance}}"),
		q("min by (instance) (kvm_exit_exporter_collector_success{\(host)})"; "read {{instance}}"))) | size(8; 8)),
	(timeseries("Duration"; "scrape: the whole scrape as Prometheus sees it. collection: reading the counters."; "s";
		(q("max by (instance) (scrape_duration_seconds{\(host)})"; "scrape {{instance}}"),
		q("max by (instance) (kvm_exit_exporter_scrape_duration_seconds{\(host)})"; "collection {{instance}}"))) | size(8; 8)),
	(timeseries("Read errors"; "Failures per second to read the counters of a VM or vCPU, which is then missing; the exporter's log names it."; per_second;
		q("rate(kvm_exit_exporter_read_errors_total{\(host)}[$__rate_interval])"; "{{instance}}")) | size(8; 8)),
	(timeseries("CPU"; "CPU time that the exporter uses."; seconds_per_second;
		q("rate(process_cpu_seconds_total{\(host)}[$__rate_interval]) and on (job, instance) kvm_exit_exporter_build_info"; "{{instance}}")) | size(6; 8)),
	(timeseries("Memory"; "Resident memory of the exporter."; "bytes";
		q("process_resident_memory_bytes{\(host)} and on (job, instance) kvm_exit_exporter_build_info"; "{{instance}}")) | size(6; 8)),
	(timeseries("Series"; "Samples in a scrape: what this host costs Prometheus."; "short";
		q("sum by (instance) (scrape_samples_scraped{\(host)})"; "{{instance}}")) | size(6; 8)),
	(table("Source"; "Where the counters come from, why from there, and the exporter's version."; "none";
		(row_of("max by (instance, source, why) (kvm_exit_exporter_source_info{\(host)})"),
		row_of("max by (instance, version) (kvm_exit_exporter_build_info{\(host)})"));
		[["instance", "Host"], ["source", "Source"], ["why", "Why"], ["version", "Version"]]) | size(6; 8))
)
