package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.head.Head;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the store's own part of the replicated state says of retired series: a section `retirement`
/// beside those of [Deletions], only where a series was ever retired: u8 version = 1, zigzag newest
/// timestamp, varint retired, varint returned.
///
/// @param newestMs the newest timestamp of any series, of which no series may tell any more
/// @param retired how often a series was retired
/// @param returned how often one came back
record Retirement(long newestMs, long retired, long returned) {
  private static final String SECTION = "retirement";
  private static final int VERSION = 1;

  static Retirement of(Head head) {
    return new Retirement(head.newestMs(), head.retiring().retired(), head.retiring().returned());
  }

  /// Reads what [#addTo] added.
  ///
  /// @throws MalformedBytesException if the bytes are no such thing
  static Optional<Retirement> of(Map<String, SortedMap<String, byte[]>> sections) {
    byte[] row = sections.getOrDefault(Deletions.OWNER, new TreeMap<>()).get(SECTION);
    if (row == null) {
      return Optional.empty();
    }
    ByteReader in = Rows.reader(row, VERSION, SECTION);
    Retirement read = new Retirement(in.zigzag(), in.varint(), in.varint());
    in.expectEnd();
    return Optional.of(read);
  }

  /// Adds the section, unless nothing was ever retired.
  void addTo(Map<String, SortedMap<String, byte[]>> sections) {
    if (retired > 0) {
      byte[] row =
          new ByteWriter(24)
              .u8(VERSION)
              .zigzag(newestMs)
              .varint(retired)
              .varint(returned)
              .toBytes();
      sections.computeIfAbsent(Deletions.OWNER, _ -> new TreeMap<>()).put(SECTION, row);
    }
  }

  void restoreTo(Head head) {
    head.restoreNewest(newestMs);
    head.retiring().restore(retired, returned);
  }
}
