package io.trivigil.storage;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What was found wrong with the files of a store since it was opened. Thread-safe.
public final class Damage {
  /// So many findings are kept word for word.
  private static final int REMEMBERED = 100;

  private final StorageMetrics metrics;
  private final Set<String> found = new LinkedHashSet<>(); // guarded by this
  private final List<Consumer<String>> listeners = new ArrayList<>(); // guarded by this

  Damage(StorageMetrics metrics) {
    this.metrics = metrics;
  }

  /// Takes note of a finding; the same words are told once.
  public void found(String what) {
    List<Consumer<String>> told;
    synchronized (this) {
      if (found.size() >= REMEMBERED || !found.add(what)) {
        return;
      }
      told = List.copyOf(listeners);
    }
    metrics.damage.inc();
    told.forEach(listener -> listener.accept(what));
  }

  /// Tells of everything that was found, and of everything to come, on the thread that finds it.
  public void onFound(Consumer<String> listener) {
    List<String> before;
    synchronized (this) {
      listeners.add(listener);
      before = List.copyOf(found);
    }
    before.forEach(listener);
  }

  /// Everything that was found, oldest first; empty while nothing is wrong.
  public synchronized List<String> all() {
    return List.copyOf(found);
  }

  /// Forgets, since all files were replaced.
  synchronized void clear() {
    found.clear();
  }
}
