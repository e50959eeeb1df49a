package io.trivigil.raft.ratis;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.UncheckedAutoCloseable;

/// Ratis does not start without an implementation of its metrics; this one measures nothing. Its
/// own keeps a thousand sampled times in a sorted map for each of a dozen timers, which every entry
/// of the log passes, and nobody reads them: what is worth telling, [io.trivigil.raft.LogMetrics]
/// counts. Found by `META-INF/services`. Thread-safe, since it has no state.
public final class NoMetrics extends MetricRegistries {
  private static final Timekeeper.Context NOT_TIMED =
      new Timekeeper.Context() {
        @Override
        public long stop() {
          return 0;
        }

        @Override
        public UncheckedAutoCloseable toAutoCloseable() {
          return Timekeeper.NOOP;
        }
      };

  private static final LongCounter NOT_COUNTED =
      new LongCounter() {
        @Override
        public void inc(long by) {}

        @Override
        public void dec(long by) {}

        @Override
        public long getCount() {
          return 0;
        }
      };

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Registry(info);
  }

  @Override
  public void clear() {}

  @Override
  public boolean remove(MetricRegistryInfo key) {
    return true;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public List<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> start, Consumer<RatisMetricRegistry> stop) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private record Registry(MetricRegistryInfo info) implements RatisMetricRegistry {
    @Override
    public Timekeeper timer(String name) {
      return () -> NOT_TIMED;
    }

    @Override
    public LongCounter counter(String name) {
      return NOT_COUNTED;
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }
}
