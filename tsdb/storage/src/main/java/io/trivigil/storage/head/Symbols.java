package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import java.util.HashMap;
import java.util.Map;

/// Keeps each label name and value once in memory. Owned by the thread that applies the log.
final class Symbols {
  private final Map<String, String> symbols = new HashMap<>();

  /// The same labels, made of shared strings.
  Labels intern(Labels labels) {
    String[] pairs = new String[labels.size() * 2];
    for (int i = 0; i < labels.size(); i++) {
      pairs[2 * i] = intern(labels.name(i));
      pairs[2 * i + 1] = intern(labels.value(i));
    }
    return Labels.ofSorted(pairs);
  }

  /// The string that stands for all that are equal to it.
  String intern(String text) {
    String known = symbols.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  int size() {
    return symbols.size();
  }

  /// Forgets everything that is not among these.
  void rebuild(Iterable<Labels> live) {
    symbols.clear();
    for (Labels labels : live) {
      labels.forEach(
          (name, value) -> {
            symbols.putIfAbsent(name, name);
            symbols.putIfAbsent(value, value);
          });
    }
  }
}
