package io.trivigil.template.value;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A Go map with string keys. Iterates in the byte order of its keys, as Go's templates do.
public interface GoMap extends GoObject {
  /// The entries, sorted by [GoStrings#byteOrder].
  SortedMap<String, @Nullable Object> entries();

  /// The zero value of the element type: what a missing key gives.
  @Nullable Object zero();

  /// Go's `map[string]string`: a missing key gives the empty text.
  static GoMap ofStrings(Map<String, String> entries) {
    return new Plain("map[string]string", sorted(entries), "");
  }

  /// Go's `map[string]interface {}`: a missing key gives nil.
  static GoMap ofAny(Map<String, ? extends @Nullable Object> entries) {
    return new Plain("map[string]interface {}", sorted(entries), null);
  }

  /// An unmodifiable sorted copy, for implementations.
  static SortedMap<String, @Nullable Object> sorted(
      Map<String, ? extends @Nullable Object> entries) {
    SortedMap<String, @Nullable Object> copy = new TreeMap<>(GoStrings.byteOrder());
    for (Map.Entry<String, ? extends @Nullable Object> entry : entries.entrySet()) {
      copy.put(entry.getKey(), entry.getValue());
    }
    return Collections.<String, @Nullable Object>unmodifiableSortedMap(copy);
  }

  /// A map without methods.
  record Plain(String goType, SortedMap<String, @Nullable Object> entries, @Nullable Object zero)
      implements GoMap {}
}
