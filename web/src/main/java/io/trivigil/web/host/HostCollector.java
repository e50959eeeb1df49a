package io.trivigil.web.host;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.TickType;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.software.os.OSFileStore;
import oshi.software.os.OperatingSystem;

/// Reads this host's figures and writes them as exposition text with node_exporter's names.
/// Thread-safe; nothing is read before the first call.
public final class HostCollector {
  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final Set<String> NO_DISK =
      Set.of(
          "tmpfs",
          "devtmpfs",
          "overlay",
          "squashfs",
          "proc",
          "sysfs",
          "cgroup",
          "cgroup2",
          "ramfs",
          "nsfs",
          "autofs",
          "tracefs",
          "devpts",
          "mqueue",
          "bpf",
          "fuse.lxcfs",
          "9p");

  private final LongSupplier nanoTicker;
  private final Object lock = new Object();
  private boolean collected;
  private long collectedNanos;
  private String text = "";

  /// @param nanoTicker elapsed time in nanoseconds
  public HostCollector(LongSupplier nanoTicker) {
    this.nanoTicker = nanoTicker;
  }

  /// The text format 0.0.4 of everything.
  public String expose() {
    synchronized (lock) {
      long now = nanoTicker.getAsLong();
      if (!collected || now - collectedNanos > FRESH_NANOS) {
        text = collect();
        collected = true;
        collectedNanos = now;
      }
      return text;
    }
  }

  /// OSHI is large: it is loaded with the first scrape, not with the server.
  private static final class Host {
    private static final SystemInfo SYSTEM = new SystemInfo();
    private static final HardwareAbstractionLayer HARDWARE = SYSTEM.getHardware();
    private static final OperatingSystem OS = SYSTEM.getOperatingSystem();
    private static final List<HWDiskStore> DISKS = HARDWARE.getDiskStores();
    private static final List<NetworkIF> NETWORKS = HARDWARE.getNetworkIFs(true);
  }

  private static String collect() {
    ExpositionText out = new ExpositionText();
    processors(out, Host.HARDWARE.getProcessor());
    memory(out, Host.HARDWARE.getMemory());
    fileSystems(out);
    disks(out);
    networks(out);
    OperatingSystem os = Host.OS;
    out.family("node_boot_time_seconds", "gauge", "When the host started, unix time.");
    out.sample(os.getSystemBootTime());
    out.family("node_procs_total", "gauge", "Processes on the host.");
    out.sample(os.getProcessCount());
    out.family("node_uname_info", "gauge", "What the host calls itself.");
    out.sample(
        1,
        "nodename",
        os.getNetworkParams().getHostName(),
        "sysname",
        os.getFamily(),
        "release",
        os.getVersionInfo().getBuildNumber(),
        "machine",
        System.getProperty("os.arch", ""));
    return out.toString();
  }

  private static void processors(ExpositionText out, CentralProcessor processor) {
    out.family("node_cpu_seconds_total", "counter", "Seconds that each processor spent in a mode.");
    long[][] ticks = processor.getProcessorCpuLoadTicks();
    for (int cpu = 0; cpu < ticks.length; cpu++) {
      for (TickType type : TickType.values()) {
        String mode = type == TickType.IOWAIT ? "iowait" : type.name().toLowerCase(Locale.ROOT);
        out.sample(
            ticks[cpu][type.getIndex()] / 1000.0, "cpu", Integer.toString(cpu), "mode", mode);
      }
    }
    double[] loads = processor.getSystemLoadAverage(3);
    String[] names = {"node_load1", "node_load5", "node_load15"};
    String[] lengths = {"1", "5", "15"};
    for (int i = 0; i < loads.length; i++) {
      if (loads[i] >= 0) {
        out.family(names[i], "gauge", lengths[i] + "m load average.");
        out.sample(loads[i]);
      }
    }
    out.family("node_context_switches_total", "counter", "Context switches.");
    out.sample(processor.getContextSwitches());
    out.family("node_intr_total", "counter", "Interrupts.");
    out.sample(processor.getInterrupts());
  }

  private static void memory(ExpositionText out, GlobalMemory memory) {
    out.family("node_memory_MemTotal_bytes", "gauge", "Memory of the host.");
    out.sample(memory.getTotal());
    out.family("node_memory_MemAvailable_bytes", "gauge", "Memory that programs could have.");
    out.sample(memory.getAvailable());
    long swap = memory.getVirtualMemory().getSwapTotal();
    out.family("node_memory_SwapTotal_bytes", "gauge", "Swap space of the host.");
    out.sample(swap);
    out.family("node_memory_SwapFree_bytes", "gauge", "Swap space that is not used.");
    out.sample(swap - memory.getVirtualMemory().getSwapUsed());
  }

  private static void fileSystems(ExpositionText out) {
    Set<String> seen = new HashSet<>();
    List<OSFileStore> stores =
        Host.OS.getFileSystem().getFileStores(true).stream()
            .filter(store -> !NO_DISK.contains(store.getType()) && store.getTotalSpace() > 0)
            .filter(store -> seen.add(store.getMount()))
            .toList();
    out.family("node_filesystem_size_bytes", "gauge", "Size of a file system.");
    stores.forEach(store -> out.sample(store.getTotalSpace(), place(store)));
    out.family("node_filesystem_free_bytes", "gauge", "Free space of a file system.");
    stores.forEach(store -> out.sample(store.getFreeSpace(), place(store)));
    out.family("node_filesystem_avail_bytes", "gauge", "Space that ordinary users may still take.");
    stores.forEach(store -> out.sample(store.getUsableSpace(), place(store)));
    out.family("node_filesystem_files", "gauge", "Inodes of a file system.");
    stores.forEach(store -> out.sample(store.getTotalInodes(), place(store)));
    out.family("node_filesystem_files_free", "gauge", "Free inodes of a file system.");
    stores.forEach(store -> out.sample(store.getFreeInodes(), place(store)));
  }

  private static String[] place(OSFileStore store) {
    return new String[] {
      "device", store.getVolume(), "fstype", store.getType(), "mountpoint", store.getMount()
    };
  }

  private static void disks(ExpositionText out) {
    Host.DISKS.forEach(HWDiskStore::updateAttributes);
    disk(out, "node_disk_read_bytes_total", "Bytes read.", HWDiskStore::getReadBytes, 1);
    disk(out, "node_disk_written_bytes_total", "Bytes written.", HWDiskStore::getWriteBytes, 1);
    disk(out, "node_disk_reads_completed_total", "Reads.", HWDiskStore::getReads, 1);
    disk(out, "node_disk_writes_completed_total", "Writes.", HWDiskStore::getWrites, 1);
    disk(
        out, "node_disk_io_time_seconds_total", "Seconds busy.", HWDiskStore::getTransferTime, 1e3);
  }

  private static void disk(
      ExpositionText out,
      String name,
      String help,
      java.util.function.ToLongFunction<HWDiskStore> value,
      double divisor) {
    out.family(name, "counter", help);
    for (HWDiskStore store : Host.DISKS) {
      String device = store.getName().replaceFirst("^/dev/", "");
      out.sample(value.applyAsLong(store) / divisor, "device", device);
    }
  }

  private static void networks(ExpositionText out) {
    Host.NETWORKS.forEach(NetworkIF::updateAttributes);
    net(out, "node_network_receive_bytes_total", "Bytes in.", NetworkIF::getBytesRecv);
    net(out, "node_network_transmit_bytes_total", "Bytes out.", NetworkIF::getBytesSent);
    net(out, "node_network_receive_packets_total", "Packets in.", NetworkIF::getPacketsRecv);
    net(out, "node_network_transmit_packets_total", "Packets out.", NetworkIF::getPacketsSent);
    net(out, "node_network_receive_errs_total", "Errors in.", NetworkIF::getInErrors);
    net(out, "node_network_transmit_errs_total", "Errors out.", NetworkIF::getOutErrors);
    net(out, "node_network_receive_drop_total", "Drops in.", NetworkIF::getInDrops);
  }

  private static void net(
      ExpositionText out,
      String name,
      String help,
      java.util.function.ToLongFunction<NetworkIF> value) {
    out.family(name, "counter", help);
    Host.NETWORKS.forEach(
        network -> out.sample(value.applyAsLong(network), "device", network.getName()));
  }
}
