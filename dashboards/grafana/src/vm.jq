# SPDX-License-Identifier: GPL-2.0-or-later
# One VM: why does it exit, how often, and who spends the time?
include "lib";

def sel: "job=~\"$job\",instance=\"$host\",vm=\"$vm\"";
def exits: "rate(kvm_vm_exits_total{\(sel)}[$__rate_interval])";
def seconds: "rate(kvm_vm_exit_seconds_total{\(sel)}[$__rate_interval])";
def handling: "rate(kvm_vm_exit_seconds_total{\(sel),phase!=\"blocked\"}[$__rate_interval])";
def vcpu_handling: "rate(kvm_vcpu_exit_seconds_total{\(sel),phase!=\"blocked\"}[$__rate_interval])";
def vcpu_exits: "rate(kvm_vcpu_exits_total{\(sel)}[$__rate_interval])";
def handling_help: "Exit handling is time in KVM (kernel) and the VMM (user); time that the guest is blocked, with nothing to do, is left out.";
def unexpected: "TRIPLE_FAULT|SHUTDOWN|INVALID_STATE|MSR_LOAD_FAIL|MCE_DURING_VMENTRY|INVALID_GUEST_STATE|OTHER|0x.*";

dashboard("kvm-exits-vm"; "KVM exits: VM"; "One VM: why it exits, how often, and who spends the time.";
	(var_datasource, var_job, var_host, var_vm);
	(link_to("kvm-exits-fleet"; "Fleet"; "datasource", "job"), link_to("kvm-exits-host"; "Host"; "datasource", "job", "host"));

	stat("Exits"; "VM exits per second."; per_second; q("sum(\(exits))"; "exits")),
	stat("Exit handling"; "\(handling_help) Of one second, over all vCPUs."; seconds_per_second; q("sum(\(handling))"; "handling")),
	(stat("Share of vCPU time"; "Exit handling of the time that the VM's vCPUs have."; share;
		q("sum(\(handling)) / sum(kvm_vm_vcpus{\(sel)})"; "share"))
		| thresholds({color: "orange", value: 0.1}, {color: "red", value: 0.2})),
	stat("vCPUs"; "Number of vCPUs."; "none"; q("sum(kvm_vm_vcpus{\(sel)})"; "vCPUs")),
	stat("Up for"; "Since its process was started."; "s"; q("time() - max(kvm_vm_start_time_seconds{\(sel)})"; "up")),
	(stat("Unexpected exits"; "Triple faults, shutdowns, failed VM entries and unknown reasons since the VM began: see the runbook."; "none";
		q("sum(kvm_vm_exits_total{\(sel),reason=~\"\(unexpected)\"}) or vector(0)"; "exits")) | thresholds({color: "red", value: 1})),

	row("Who spends the time"),
	(timeseries("Share by phase"; "Of all time outside the guest: KVM (kernel), the VMM (user), and blocked, where the guest had nothing to do."; share;
		q("sum by (phase) (\(seconds)) / on () group_left () (sum(\(seconds)) > 0)"; "{{phase}}")) | stacked),
	(timeseries("Time by phase"; "Seconds per second, over all vCPUs. What is missing from the number of vCPUs, the guest ran or the VM was paused."; seconds_per_second;
		(q("sum by (phase) (\(seconds))"; "{{phase}}"),
		q("sum(rate(kvm_vm_paused_seconds_total{\(sel)}[$__rate_interval]))"; "paused"))) | stacked),

	row("Why"),
	(timeseries("Reasons by time"; "The ten exit reasons that cost most. \(handling_help)"; seconds_per_second;
		q("topk(10, sum by (reason) (\(handling)))"; "{{reason}}")) | stacked | size(8; 10)),
	(timeseries("Reasons by count"; "The ten most frequent exit reasons."; per_second;
		q("topk(10, sum by (reason) (\(exits)))"; "{{reason}}")) | stacked | size(8; 10)),
	(timeseries("Mean time per exit by reason"; "Exit handling per exit. \(handling_help)"; "s";
		q("sum by (reason) (\(handling)) / (sum by (reason) (\(exits)) > 0)"; "{{reason}}")) | size(8; 10)),
	(timeseries("Reasons and phases"; "The ten pairs that take most time, blocked included: HLT is mostly blocked, I/O for a device of the VMM mostly user."; seconds_per_second;
		q("topk(10, sum by (reason, phase) (\(seconds)))"; "{{reason}} {{phase}}"))),
	(table("Reasons over the time range"; "Exits and what they cost within the range chosen above."; "none";
		(row_of("sum by (reason) (increase(kvm_vm_exits_total{\(sel)}[$__range]))"),
		row_of("sum by (reason) (increase(kvm_vm_exit_seconds_total{\(sel),phase=\"kernel\"}[$__range]))"),
		row_of("sum by (reason) (increase(kvm_vm_exit_seconds_total{\(sel),phase=\"user\"}[$__range]))"),
		row_of("sum by (reason) (increase(kvm_vm_exit_seconds_total{\(sel),phase=\"blocked\"}[$__range]))"));
		[["reason", "Reason"], ["Value #A", "Exits", "short"], ["Value #B", "Kernel", "s"], ["Value #C", "User", "s"],
		["Value #D", "Blocked", "s"]]) | size(12; 8)),
	timeseries("Paused"; "vCPUs outside KVM_RUN after a signal: stopped, being migrated or debugged. 1 s/s is one vCPU paused all the time."; seconds_per_second;
		q("sum by (vm) (rate(kvm_vm_paused_seconds_total{\(sel)}[$__rate_interval]))"; "{{vm}}")),
	timeseries("Dropped intervals"; "Exits that have no time, since the TSCs of the host's CPUs disagreed. Anything but 0 makes times too small."; per_second;
		q("sum by (vm) (rate(kvm_vm_dropped_intervals_total{\(sel)}[$__rate_interval]))"; "{{vm}}")),

	row("By vCPU: only where the exporter runs with --collector.vcpu"),
	timeseries("vCPUs by exit handling"; "\(handling_help) A vCPU far above the others is where to look."; seconds_per_second;
		q("sum by (vcpu) (\(vcpu_handling))"; "vCPU {{vcpu}}")),
	timeseries("vCPUs by exits"; "Exits per second of each vCPU."; per_second;
		q("sum by (vcpu) (\(vcpu_exits))"; "vCPU {{vcpu}}")),
	(table("What it is"; "The VM's process, as the exporter knows it."; "none";
		row_of("kvm_vm_info{\(sel)}");
		[["vm", "VM"], ["instance", "Host"], ["pid", "PID"], ["uuid", "UUID"], ["vmm", "VMM"], ["isa", "ISA"]]) | size(24; 5))
)
