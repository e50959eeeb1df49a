package io.trivigil.node;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.scraper.state.FamilyMeta;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// What senders of remote write said last of metric families: a deterministic machine. Targets say
/// it to the scrape's own state.
///
/// [#apply], [#sections] and [#restore] are called by one thread; the rest by any. One section,
/// `families`, only if there are any: u8 version = 1, varint count, then the strings family, type,
/// help, unit of each.
public final class DescribedFamilies {
  /// The most families that are kept; further ones are ignored.
  public static final int MOST_FAMILIES = 20_000;

  /// The most bytes that all texts may take; what would pass it is ignored.
  public static final int MOST_BYTES = 8 << 20;

  private static final String FAMILIES = "families";
  private static final int VERSION = 1;

  private final ConcurrentSkipListMap<String, FamilyMeta> families = new ConcurrentSkipListMap<>();
  private volatile long bytes;
  private byte[] encoded = {}; // empty once something changed

  void apply(SortedMap<String, FamilyMeta> said) {
    said.forEach(
        (family, meta) -> {
          FamilyMeta before = families.get(family);
          long grown = bytes + size(family, meta) - (before == null ? 0 : size(family, before));
          if ((before != null || families.size() < MOST_FAMILIES) && grown <= MOST_BYTES) {
            families.put(family, meta);
            bytes = grown;
            encoded = new byte[0];
          }
        });
  }

  private static int size(String family, FamilyMeta meta) {
    return length(family) + length(meta.type()) + length(meta.help()) + length(meta.unit());
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// What was said last of each family. A live view.
  public SortedMap<String, FamilyMeta> all() {
    return Collections.unmodifiableSortedMap(families);
  }

  /// Bytes of all texts.
  public long bytes() {
    return bytes;
  }

  SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    if (!families.isEmpty()) {
      if (encoded.length == 0) {
        encoded = encode();
      }
      sections.put(FAMILIES, encoded);
    }
    return sections;
  }

  private byte[] encode() {
    ByteWriter out = new ByteWriter(64 + (int) bytes).u8(VERSION).varint(families.size());
    families.forEach(
        (family, meta) ->
            out.string(family).string(meta.type()).string(meta.help()).string(meta.unit()));
    return out.toBytes();
  }

  void restore(SortedMap<String, byte[]> sections) {
    families.clear();
    bytes = 0;
    encoded = new byte[0];
    byte[] saved = sections.get(FAMILIES);
    if (saved == null) {
      return;
    }
    ByteReader in = new ByteReader(saved);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "families version: expected=%d found=%d".formatted(VERSION, version));
    }
    SortedMap<String, FamilyMeta> read = new TreeMap<>();
    for (int i = in.count(4); i > 0; i--) {
      read.put(in.string(), new FamilyMeta(in.string(), in.string(), in.string()));
    }
    in.expectEnd();
    apply(read);
  }
}
