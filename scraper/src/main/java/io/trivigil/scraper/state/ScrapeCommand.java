package io.trivigil.scraper.state;

import io.trivigil.model.SampleBatch;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What changes the state of scraping. Each begins with u8 kind, u8 version = 1; the kinds are 1
/// batch, 2 groups, 3 groups gone, 4 target gone, 5 seed. Integers as in [ByteWriter].
public sealed interface ScrapeCommand {

  /// One scrape of one target, taken once and whole.
  ///
  /// Layout: string key, string job, varint interval, zigzag slot, zigzag scrape, bool up, string
  /// error, varint duration, varint tracked, varint report, varint families with (string name,
  /// [FamilyMeta]) in rising order, then the samples as in [SampleBatch].
  ///
  /// @param slotMs the slot; refused unless above the target's last
  /// @param scrapeMs the time of its samples
  /// @param tracked how many samples, from the first on, belong to series that end by a stale
  ///   marker once they are missing
  /// @param report how many samples, at the end, report on the scrape
  /// @param metadata families that are new or changed since the target's last scrape
  /// @param samples tracked ones, then those with timestamps of their own, then the report
  record Batch(
      String key,
      String job,
      long intervalMs,
      long slotMs,
      long scrapeMs,
      boolean up,
      String error,
      long durationNanos,
      int tracked,
      int report,
      SortedMap<String, FamilyMeta> metadata,
      SampleBatch samples)
      implements ScrapeCommand {
    public Batch {
      metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
      if (tracked < 0 || report < 0 || tracked + (long) report > samples.size()) {
        throw new MalformedBytesException(
            "scrape batch counts: tracked=%d report=%d samples=%d"
                .formatted(tracked, report, samples.size()));
      }
    }
  }

  /// A difference of what one provider of one job found.
  ///
  /// Layout: string job, string provider, varint base, varint changed groups, varint removed
  /// sources as strings.
  ///
  /// @param base the version that the difference is made against; refused if it is not the current
  /// @param changed groups that are new or different
  /// @param removed sources of groups that are gone
  record Groups(
      String job, String provider, long base, List<TargetGroup> changed, List<String> removed)
      implements ScrapeCommand {
    public Groups {
      changed = List.copyOf(changed);
      removed = List.copyOf(removed);
    }
  }

  /// A provider is configured no longer. Layout: string job, string provider.
  record GroupsGone(String job, String provider) implements ScrapeCommand {}

  /// A target is wanted no longer: its series end. Layout: string key, zigzag slot, zigzag at.
  ///
  /// @param slotMs the last slot that the leader knew; refused if there was a later one
  /// @param atMs when the series end
  record Gone(String key, long slotMs, long atMs) implements ScrapeCommand {}

  /// The seed that spreads scrapes over their interval; the first one stays. Layout: fixed64.
  record Seed(long seed) implements ScrapeCommand {}

  /// The bytes of the command.
  default byte[] encode() {
    ByteWriter out = new ByteWriter(4096);
    switch (this) {
      case Batch batch -> {
        out.u8(1).u8(1).string(batch.key).string(batch.job).varint(batch.intervalMs);
        out.zigzag(batch.slotMs).zigzag(batch.scrapeMs).bool(batch.up).string(batch.error);
        out.varint(batch.durationNanos).varint(batch.tracked).varint(batch.report);
        out.varint(batch.metadata.size());
        for (Map.Entry<String, FamilyMeta> family : batch.metadata.entrySet()) {
          out.string(family.getKey());
          family.getValue().encode(out);
        }
        batch.samples.encode(out);
      }
      case Groups groups -> {
        out.u8(2).u8(1).string(groups.job).string(groups.provider).varint(groups.base);
        out.varint(groups.changed.size());
        groups.changed.forEach(group -> group.encode(out));
        out.varint(groups.removed.size());
        groups.removed.forEach(out::string);
      }
      case GroupsGone gone -> out.u8(3).u8(1).string(gone.job).string(gone.provider);
      case Gone gone -> out.u8(4).u8(1).string(gone.key).zigzag(gone.slotMs).zigzag(gone.atMs);
      case Seed seed -> out.u8(5).u8(1).fixed64(seed.seed);
    }
    return out.toBytes();
  }

  /// Whether these bytes of [#encode] carry samples: what may be left out when space is short.
  static boolean carriesSamples(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == 1; // a Batch
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such command
  static ScrapeCommand decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int kind = in.u8();
    int version = in.u8();
    if (version != 1) {
      throw new MalformedBytesException("scrape command version: expected=1 found=" + version);
    }
    ScrapeCommand command =
        switch (kind) {
          case 1 -> batch(in);
          case 2 -> groups(in);
          case 3 -> new GroupsGone(in.string(), in.string());
          case 4 -> new Gone(in.string(), in.zigzag(), in.zigzag());
          case 5 -> new Seed(in.fixed64());
          default -> throw new MalformedBytesException("scrape command kind: found=" + kind);
        };
    in.expectEnd();
    return command;
  }

  private static Batch batch(ByteReader in) {
    String key = in.string();
    String job = in.string();
    long intervalMs = in.varint();
    long slotMs = in.zigzag();
    long scrapeMs = in.zigzag();
    boolean up = in.bool();
    String error = in.string();
    long durationNanos = in.varint();
    int tracked = in.intVarint();
    int report = in.intVarint();
    int families = in.count(4);
    SortedMap<String, FamilyMeta> metadata = new TreeMap<>();
    for (int i = 0; i < families; i++) {
      metadata.put(in.string(), FamilyMeta.decode(in));
    }
    return new Batch(
        key,
        job,
        intervalMs,
        slotMs,
        scrapeMs,
        up,
        error,
        durationNanos,
        tracked,
        report,
        metadata,
        SampleBatch.decode(in));
  }

  private static Groups groups(ByteReader in) {
    String job = in.string();
    String provider = in.string();
    long base = in.varint();
    List<TargetGroup> changed = new ArrayList<>();
    int count = in.count(3);
    for (int i = 0; i < count; i++) {
      changed.add(TargetGroup.decode(in));
    }
    List<String> removed = new ArrayList<>();
    int sources = in.count(1);
    for (int i = 0; i < sources; i++) {
      removed.add(in.string());
    }
    return new Groups(job, provider, base, changed, removed);
  }
}
