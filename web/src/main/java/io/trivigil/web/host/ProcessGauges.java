package io.trivigil.web.host;

import io.trivigil.model.metric.Metrics;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What this process costs, in the names of the field: `process_*`, `jvm_*`.
public final class ProcessGauges {
  private static final int PAGE_BYTES = 4096;

  private ProcessGauges() {}

  /// @param startMs when the process started, epoch ms
  public static void register(Metrics metrics, long startMs) {
    metrics.gauge(
        "process_start_time_seconds", "When the process started, unix time.", () -> startMs / 1e3);
    metrics.counterOf(
        "process_cpu_seconds_total", "Processor time of the process.", ProcessGauges::cpuSeconds);
    metrics.gauge(
        "process_resident_memory_bytes", "Memory of the process.", ProcessGauges::residentBytes);
    Runtime runtime = Runtime.getRuntime();
    metrics.gauge(
        "jvm_memory_used_bytes",
        "Memory in use.",
        () -> (double) runtime.totalMemory() - runtime.freeMemory(),
        "area",
        "heap");
    metrics.gauge(
        "jvm_memory_max_bytes",
        "Memory at most.",
        () -> (double) runtime.maxMemory(),
        "area",
        "heap");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      metrics.counterOf(
          "jvm_gc_collections_total",
          "Collections of a collector.",
          collector::getCollectionCount,
          "gc",
          collector.getName());
      metrics.counterOf(
          "jvm_gc_collection_seconds_total",
          "How long they took.",
          () -> collector.getCollectionTime() / 1e3,
          "gc",
          collector.getName());
    }
    metrics.gauge(
        "prometheus_build_info",
        "What runs.",
        () -> 1,
        "branch",
        "trivigil",
        "version",
        io.trivigil.web.Version.PROMETHEUS);
  }

  private static double cpuSeconds() {
    return cpuTime().toNanos() / 1e9;
  }

  /// Processor time of this process since its start; zero where the system does not tell.
  public static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// How long the JVM has compiled since its start; zero where it does not tell.
  public static Duration compilerTime() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    return compilers == null || !compilers.isCompilationTimeMonitoringSupported()
        ? Duration.ZERO
        : Duration.ofMillis(compilers.getTotalCompilationTime());
  }

  private static double residentBytes() {
    try {
      String text = Files.readString(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII);
      return (double) Long.parseLong(text.split(" ")[1]) * PAGE_BYTES;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
      return Double.NaN; // no such file outside Linux
    }
  }
}
