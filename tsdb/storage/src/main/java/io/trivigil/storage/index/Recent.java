package io.trivigil.storage.index;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Answers by question, those asked for last, in at most so many bytes. Thread-safe: its own lock
/// is held for a look or a change, never while an answer is found.
final class Recent<K, V> {
  private record Kept<V>(V answer, long bytes) {}

  private final long mostBytes;
  private final Map<K, Kept<V>> kept = new LinkedHashMap<>(16, 0.75f, true); // the oldest first
  private long bytes;
  private long hits;
  private long misses;

  Recent(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  synchronized Optional<V> find(K question) {
    Kept<V> known = kept.get(question);
    if (known == null) {
      misses++;
      return Optional.empty();
    }
    hits++;
    return Optional.of(known.answer());
  }

  /// As [#find], for who does not look further where there is nothing: that is no miss.
  synchronized Optional<V> atHand(K question) {
    Kept<V> known = kept.get(question);
    hits += known == null ? 0 : 1;
    return Optional.ofNullable(known).map(Kept::answer);
  }

  /// Keeps an answer, unless it would push out most of the others.
  synchronized void keep(K question, V answer, long answerBytes) {
    if (answerBytes > mostBytes / 2) {
      return;
    }
    Kept<V> before = kept.put(question, new Kept<>(answer, answerBytes));
    bytes += answerBytes - (before == null ? 0 : before.bytes());
    var oldest = kept.values().iterator();
    while (bytes > mostBytes) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  /// Forgets the answers to some questions.
  synchronized void forget(Predicate<K> which) {
    Iterator<Map.Entry<K, Kept<V>>> entries = kept.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<K, Kept<V>> entry = entries.next();
      if (which.test(entry.getKey())) {
        bytes -= entry.getValue().bytes();
        entries.remove();
      }
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long misses() {
    return misses;
  }
}
