package io.trivigil.web.heap;

import io.trivigil.model.metric.Metrics;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Keeps the heap small while the JVM runs with the serial collector: asks for a collection of all
/// of it when [HeapPace] says so. With another collector it does nothing. [#start] begins on a
/// thread of its own; [#close] ends it.
public final class HeapKeeper implements AutoCloseable {
  private static final String OLD_GENERATION = "Tenured Gen";
  private static final String WHOLE_HEAP = "MarkSweepCompact";

  private final HeapLimits limits;
  private final HeapPace pace;
  private final LongSupplier nanoTicker;
  private final Metrics.Counter asked;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heap-keeper").factory());

  /// @param random decides by how much this node's old generation may grow more than another's
  public HeapKeeper(
      HeapLimits limits, Metrics metrics, LongSupplier nanoTicker, RandomGenerator random) {
    this.limits = limits;
    this.pace = new HeapPace(limits, random);
    this.nanoTicker = nanoTicker;
    metrics.gauge(
        "trivigil_heap_growth_max_bytes",
        "By how much the old generation may grow until the whole heap is collected.",
        pace::growthBytes);
    asked =
        metrics.counter(
            "trivigil_heap_collections_asked_total",
            "Collections of the whole heap that the node asked for.");
  }

  /// Begins, if the collector is the serial one.
  public void start() {
    Optional<MemoryPoolMXBean> old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().equals(OLD_GENERATION))
            .findAny();
    Optional<GarbageCollectorMXBean> collector =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(bean -> bean.getName().equals(WHOLE_HEAP))
            .findAny();
    if (old.isPresent() && collector.isPresent()) {
      long ms = limits.look().toMillis();
      ScheduledFuture<?> _ =
          timer.scheduleWithFixedDelay(
              () -> look(old.get(), collector.get()), ms, ms, TimeUnit.MILLISECONDS);
    }
  }

  private void look(MemoryPoolMXBean old, GarbageCollectorMXBean collector) {
    MemoryUsage lived = old.getCollectionUsage();
    HeapPace.Sight sight =
        new HeapPace.Sight(
            nanoTicker.getAsLong(),
            old.getUsage().getUsed(),
            lived == null ? 0 : lived.getUsed(),
            collector.getCollectionCount(),
            collector.getCollectionTime());
    if (pace.isDue(sight)) {
      asked.inc();
      System.gc();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
