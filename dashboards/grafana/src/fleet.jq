# SPDX-License-Identifier: GPL-2.0-or-later
# All hosts, from the recording rules only: cheap at any size.
include "lib";

def sel: "job=~\"$job\",instance=~\"$host\"";
def jobs: "job=~\"$job\"";
def handling_help: "Exit handling is time from an exit to the next entry in KVM (kernel) and the VMM (user); time that a guest is blocked, with nothing to do, is left out.";

dashboard("kvm-exits-fleet"; "KVM exits: fleet";
	"Hosts and VMs by what their VM exits cost. Needs the recording rules in dashboards/rules/recording.yml.";
	(var_datasource, var_job, (var_host | any));
	(link_to("kvm-exits-host"; "Host"; "datasource", "job"), link_to("kvm-exits-vm"; "VM"; "datasource", "job"));

	(stat("Hosts scraped"; "Hosts whose exporter answered the last scrape."; "none";
		q("sum(up{\(sel)})"; "up")) | size(3; 4)),
	(stat("Hosts not scraped"; "Hosts whose exporter did not answer."; "none";
		q("sum(up{\(sel)} == bool 0)"; "down")) | size(3; 4) | thresholds({color: "red", value: 1})),
	(stat("Counters not read"; "Hosts whose exporter answers, but cannot read KVM's counters."; "none";
		q("sum(kvm_exit_exporter_collector_success{\(sel)} == bool 0)"; "not read")) | size(3; 4)
		| thresholds({color: "red", value: 1})),
	(stat("VMs"; "VMs on all these hosts."; "none";
		q("sum(instance:kvm_vms:count{\(sel)})"; "VMs")) | size(3; 4)),
	(stat("vCPUs"; "vCPUs of all these VMs."; "none";
		q("sum(instance:kvm_vm_vcpus:sum{\(sel)})"; "vCPUs")) | size(3; 4)),
	(stat("Exits"; "VM exits per second, all VMs."; per_second;
		q("sum(instance:kvm_vm_exits:rate5m{\(sel)})"; "exits")) | size(3; 4)),
	(stat("Exit handling"; "\(handling_help) Of one second, over all VMs."; seconds_per_second;
		q("sum(instance:kvm_vm_exit_handling_seconds:rate5m{\(sel)})"; "handling")) | size(3; 4)),
	(stat("Share of vCPU time"; "Exit handling of all the time that all vCPUs have."; share;
		q("sum(instance:kvm_vm_exit_handling_seconds:rate5m{\(sel)}) / sum(instance:kvm_vm_vcpus:sum{\(sel)})"; "share"))
		| size(3; 4) | thresholds({color: "orange", value: 0.1}, {color: "red", value: 0.2})),

	row("Hosts"),
	(timeseries("Hosts by exit handling"; "The ten hosts whose VMs cost most. \(handling_help)"; seconds_per_second;
		q("topk(10, instance:kvm_vm_exit_handling_seconds:rate5m{\(sel)})"; "{{instance}}")) | size(8; 9) | link_host),
	(timeseries("Hosts by exits"; "The ten hosts with the most VM exits per second."; per_second;
		q("topk(10, instance:kvm_vm_exits:rate5m{\(sel)})"; "{{instance}}")) | size(8; 9) | link_host),
	(timeseries("Hosts by share of vCPU time"; "Exit handling of the time that the host's vCPUs have: 100 % is all of it."; share;
		q("topk(10, instance:kvm_vm_exit_handling:ratio_rate5m{\(sel)})"; "{{instance}}")) | size(8; 9) | link_host),
	(table("Hosts"; "Every host, worst first; click one to see its VMs."; "none";
		(row_of("sum by (instance) (instance:kvm_vm_exit_handling_seconds:rate5m{\(sel)})"),
		row_of("sum by (instance) (instance:kvm_vm_exit_handling:ratio_rate5m{\(sel)})"),
		row_of("sum by (instance) (instance:kvm_vm_exits:rate5m{\(sel)})"),
		row_of("sum by (instance) (instance:kvm_vms:count{\(sel)})"),
		row_of("sum by (instance) (instance:kvm_vm_vcpus:sum{\(sel)})"),
		row_of("min by (instance) (kvm_exit_exporter_collector_success{\(sel)})"));
		[["instance", "Host"], ["Value #A", "Exit handling", seconds_per_second], ["Value #B", "Of vCPU time", share],
		["Value #C", "Exits", per_second], ["Value #D", "VMs", "none"], ["Value #E", "vCPUs", "none"],
		["Value #F", "Counters read", "bool_yes_no"]]) | column_link_host),

	row("VMs"),
	(table("VMs that cost most"; "The 25 VMs with the most exit handling, on any host; click one to see why. \(handling_help)"; "none";
		("topk(25, sum by (instance, vm, pid) (instance_vm:kvm_vm_exit_handling_seconds:rate5m{\(sel)}))" as $top
		| row_of($top),
		row_of("sum by (instance, vm, pid) (instance_vm:kvm_vm_exit_handling:ratio_rate5m{\(sel)}) and \($top)"),
		row_of("sum by (instance, vm, pid) (instance_vm:kvm_vm_exits:rate5m{\(sel)}) and \($top)"));
		[["vm", "VM"], ["instance", "Host"], ["pid", "PID"], ["Value #A", "Exit handling", seconds_per_second],
		["Value #B", "Of vCPU time", share], ["Value #C", "Exits", per_second]]) | column_link_vm),

	row("Why"),
	(timeseries("Who spends the time"; "Time of all exits by phase: KVM (kernel), the VMM (user), and blocked, where guests had nothing to do. Of all hosts of the job."; seconds_per_second;
		q("sum by (phase) (job_reason_phase:kvm_vm_exit_seconds:rate5m{\(jobs)})"; "{{phase}}")) | size(8; 9) | stacked),
	(timeseries("Reasons by time"; "The ten exit reasons that cost most. \(handling_help) Of all hosts of the job."; seconds_per_second;
		q("topk(10, sum by (reason) (job_reason_phase:kvm_vm_exit_seconds:rate5m{phase!=\"blocked\",\(jobs)}))"; "{{reason}}")) | size(8; 9)),
	(timeseries("Reasons by count"; "The ten most frequent exit reasons. Of all hosts of the job."; per_second;
		q("topk(10, sum by (reason) (job_reason:kvm_vm_exits:rate5m{\(jobs)}))"; "{{reason}}")) | size(8; 9)),

	row("The exporters"),
	(timeseries("Slowest collections"; "How long the exporters took to read all counters of their hosts: the ten slowest."; "s";
		q("topk(10, kvm_exit_exporter_scrape_duration_seconds{\(sel)})"; "{{instance}}")) | link_host),
	(timeseries("Read errors"; "Hosts with VMs or vCPUs whose counters could not be read: failures per second, the ten with most."; per_second;
		q("topk(10, rate(kvm_exit_exporter_read_errors_total{\(sel)}[$__rate_interval]))"; "{{instance}}")) | link_host)
)
