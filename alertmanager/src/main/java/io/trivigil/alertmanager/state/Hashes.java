package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;
import java.util.Collection;

/// A set of alert fingerprints: sorted, each once. Immutable.
public final class Hashes {
  /// No alerts.
  public static final Hashes NONE = new Hashes(new long[0]);

  private final long[] sorted;

  private Hashes(long[] sorted) {
    this.sorted = sorted;
  }

  public static Hashes of(Collection<Long> fingerprints) {
    return new Hashes(
        fingerprints.stream().mapToLong(Long::longValue).sorted().distinct().toArray());
  }

  public int size() {
    return sorted.length;
  }

  public boolean isEmpty() {
    return sorted.length == 0;
  }

  public boolean contains(long fingerprint) {
    return Arrays.binarySearch(sorted, fingerprint) >= 0;
  }

  /// Whether every one of `other` is in here.
  public boolean containsAll(Hashes other) {
    return Arrays.stream(other.sorted).allMatch(this::contains);
  }

  /// All of both.
  public Hashes plus(Hashes other) {
    return new Hashes(
        java.util.stream.LongStream.concat(Arrays.stream(sorted), Arrays.stream(other.sorted))
            .sorted()
            .distinct()
            .toArray());
  }

  /// The fingerprints, in rising order; a copy.
  public long[] toArray() {
    return sorted.clone();
  }

  void encode(ByteWriter out) {
    out.varint(sorted.length);
    for (long hash : sorted) {
      out.fixed64(hash);
    }
  }

  static Hashes decode(ByteReader in) {
    long[] hashes = new long[in.count(8)];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = in.fixed64();
      if (i > 0 && hashes[i] <= hashes[i - 1]) {
        throw new io.trivigil.model.codec.MalformedBytesException("fingerprints are not sorted");
      }
    }
    return new Hashes(hashes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hashes hashes && Arrays.equals(sorted, hashes.sorted);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sorted);
  }

  @Override
  public String toString() {
    return Arrays.stream(sorted).mapToObj(Fingerprint::text).toList().toString();
  }
}
