package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Compiled matchers of silences, remembered by id and version. Thread-safe.
public final class SilenceMatchers {
  private record Compiled(long version, List<Matcher> matchers) {}

  private static final int LIMIT = 20_000;
  private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

  /// Whether the silence's matchers all pass. Matchers that do not compile pass nothing; they were
  /// checked before they were proposed.
  public boolean matches(Silence silence, Labels labels) {
    List<Matcher> matchers = of(silence);
    return !matchers.isEmpty() && Matchers.matches(matchers, labels);
  }

  private List<Matcher> of(Silence silence) {
    Compiled known = compiled.get(silence.id());
    if (known == null || known.version() != silence.version()) {
      if (compiled.size() >= LIMIT) {
        compiled.clear();
      }
      known = new Compiled(silence.version(), compile(silence));
      compiled.put(silence.id(), known);
    }
    return known.matchers();
  }

  private static List<Matcher> compile(Silence silence) {
    try {
      return silence.matchers().stream()
          .map(c -> Matchers.of(c.name(), c.op(), c.value()))
          .toList();
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }
}
