package io.trivigil.scraper.discovery;

import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.state.TargetMachine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The targets as they are now on one node, leader or not: derived anew when the configuration or
/// the discovered groups have changed and somebody asks. Thread-safe: a private lock guards the
/// cache.
public final class TargetDirectory {
  private final TargetMachine machine;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private Optional<PrometheusConfig> config = Optional.empty();
  private DerivedTargets derived = DerivedTargets.NONE;
  private long derivedVersion = -1;

  public TargetDirectory(TargetMachine machine) {
    this.machine = machine;
    machine.onGroupsChanged(this::changed);
  }

  /// Switches to a configuration; the same on all nodes, as the log says.
  public void configure(PrometheusConfig next) {
    synchronized (lock) {
      config = Optional.of(next);
      derivedVersion = -1;
    }
    changed();
  }

  /// The configuration in force; empty before the first.
  public Optional<PrometheusConfig> config() {
    synchronized (lock) {
      return config;
    }
  }

  /// The targets as they are now.
  public DerivedTargets current() {
    synchronized (lock) {
      long version = machine.groupsVersion();
      if (config.isPresent() && version != derivedVersion) {
        derived = TargetDeriver.derive(config.get(), machine::groups);
        derivedVersion = version;
      }
      return derived;
    }
  }

  /// Calls `listener` when the targets may have changed; it must return at once.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }
}
