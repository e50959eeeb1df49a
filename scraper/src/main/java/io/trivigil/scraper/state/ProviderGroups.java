package io.trivigil.scraper.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// All groups that one provider of one job found. Immutable.
///
/// @param version grows by one with each difference
/// @param groups by source
public record ProviderGroups(
    String job, String provider, long version, SortedMap<String, TargetGroup> groups) {
  private static final int VERSION = 1;

  public ProviderGroups {
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
  }

  /// The groups after a difference.
  ProviderGroups after(ScrapeCommand.Groups difference) {
    TreeMap<String, TargetGroup> next = new TreeMap<>(groups);
    difference.removed().forEach(next::remove);
    difference.changed().forEach(group -> next.put(group.source(), group));
    return new ProviderGroups(job, provider, version + 1, next);
  }

  /// Writes u8 version = 1, string job, string provider, varint version, varint count, groups.
  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.u8(VERSION).string(job).string(provider).varint(version).varint(groups.size());
    groups.values().forEach(group -> group.encode(out));
    return out.toBytes();
  }

  static ProviderGroups decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "target groups version: expected=%d found=%d".formatted(VERSION, version));
    }
    String job = in.string();
    String provider = in.string();
    long number = in.varint();
    int count = in.count(3);
    SortedMap<String, TargetGroup> groups = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      TargetGroup group = TargetGroup.decode(in);
      groups.put(group.source(), group);
    }
    in.expectEnd();
    return new ProviderGroups(job, provider, number, groups);
  }
}
