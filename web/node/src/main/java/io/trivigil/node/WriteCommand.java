package io.trivigil.node;

import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Exemplar;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.storage.SeriesLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What enters the log on behalf of the store alone. Each begins with `u8 version = 1 | u8 kind`. A
/// batch brings a version of its own.
public sealed interface WriteCommand {

  /// One remote-write request, judged whole: the first unwelcome sample refuses it. Bytes: `kind 1
  /// | zigzag minMs | zigzag maxMs | batch`.
  ///
  /// @param minMs samples below are too old
  /// @param maxMs samples above are too far ahead
  record Write(long minMs, long maxMs, SampleBatch batch) implements WriteCommand {}

  /// Samples below the cut-off go. Bytes: `kind 2 | zigzag cutoffMs`.
  record Retain(long cutoffMs) implements WriteCommand {}

  /// What a node tells the others of itself, in passing: changes no state. Bytes: `kind 3 | string
  /// node | string what | string text`.
  record Told(String node, String what, String text) implements WriteCommand {}

  /// Asks every node for the checksum of its content behind this entry; changes no state. Bytes:
  /// `kind 4`.
  record Compare() implements WriteCommand {}

  /// Samples of these series that are there now go; what is appended later stays. Bytes: `kind 5 |
  /// zigzag fromMs | zigzag toMs | varint count | count × varint (reference − the one before)`.
  ///
  /// @param refs rising
  /// @param fromMs inclusive
  /// @param toMs inclusive
  record Delete(List<Long> refs, long fromMs, long toMs) implements WriteCommand {
    public Delete {
      refs = List.copyOf(refs);
    }
  }

  /// The space of what is deleted is given back, by each node when the entry is durable there.
  /// `kind 6`.
  record Clean() implements WriteCommand {}

  /// Exemplars of any series. `kind 7 | varint limit | varint count | count × (labels of the
  /// series, [Exemplar#encodeBody])`.
  ///
  /// @param limit the most exemplars that are kept from now on
  record Exemplars(int limit, List<Exemplar> exemplars) implements WriteCommand {
    public Exemplars {
      exemplars = List.copyOf(exemplars);
    }
  }

  /// What a sender of remote write says of metric families. `kind 8 | varint count | count ×
  /// strings (family, type, help, unit)`.
  record Describe(SortedMap<String, FamilyMeta> families) implements WriteCommand {
    public Describe {
      families = Collections.unmodifiableSortedMap(new TreeMap<>(families));
    }
  }

  /// The most live series from now on. `kind 9`, then as [SeriesLimits#encode].
  record Limits(SeriesLimits limits) implements WriteCommand {}

  /// How far a sample that is out of order may be behind the newest one from now on. `kind 10 |
  /// varint ms`.
  ///
  /// @param windowMs 0 if no sample may be out of order
  record Window(long windowMs) implements WriteCommand {
    public Window {
      if (windowMs < 0) {
        throw new MalformedBytesException("window for late samples below 0: ms=" + windowMs);
      }
    }
  }

  /// Series without a sample for long are retired, those with the lowest references first. `kind 11
  /// | zigzag beforeMs | varint most`.
  ///
  /// @param beforeMs only those whose last sample is older
  /// @param most so many at the most
  record Retire(long beforeMs, int most) implements WriteCommand {}

  /// The feature level from which on it is proposed and applied.
  default FeatureLevel since() {
    return switch (this) {
      case Write write -> write.batch().hasHistograms() ? FeatureLevel.THREE : FeatureLevel.ONE;
      case Retain _ -> FeatureLevel.ONE;
      case Told _, Compare _, Delete _, Clean _, Exemplars _, Describe _ -> FeatureLevel.TWO;
      case Limits _, Window _ -> FeatureLevel.THREE;
      case Retire _ -> FeatureLevel.FOUR;
    };
  }

  /// The bytes as every build reads them.
  default byte[] encode() {
    return encode(false);
  }

  /// The bytes.
  ///
  /// @param runs whether the batch is written in runs, which is for feature level 2
  default byte[] encode(boolean runs) {
    ByteWriter out = new ByteWriter();
    write(out, runs);
    return out.toBytes();
  }

  /// The bytes as they stand in the log, the domain in front. Once there, a batch is not copied
  /// again to put one byte before it.
  ///
  /// @param runs whether the batch is written in runs, which is for feature level 2
  /// @param out where they are written first, in place of what is there
  default byte[] entry(boolean runs, ByteWriter out) {
    out.clear();
    out.u8(Domain.STORE.code());
    write(out, runs);
    return out.toBytes();
  }

  private void write(ByteWriter out, boolean runs) {
    out.u8(1);
    switch (this) {
      case Write(long minMs, long maxMs, SampleBatch batch) -> {
        out.u8(1).zigzag(minMs).zigzag(maxMs);
        if (runs) {
          batch.encodeRuns(out);
        } else {
          batch.encode(out);
        }
      }
      case Retain(long cutoffMs) -> out.u8(2).zigzag(cutoffMs);
      case Told(String node, String what, String text) ->
          out.u8(3).string(node).string(what).string(text);
      case Compare() -> out.u8(4);
      case Delete(List<Long> refs, long fromMs, long toMs) -> {
        out.u8(5).zigzag(fromMs).zigzag(toMs).varint(refs.size());
        long before = 0;
        for (long ref : refs) {
          out.varint(ref - before);
          before = ref;
        }
      }
      case Clean() -> out.u8(6);
      case Exemplars(int limit, List<Exemplar> exemplars) -> {
        out.u8(7).varint(limit).varint(exemplars.size());
        for (Exemplar exemplar : exemplars) {
          exemplar.encodeBody(out.labels(exemplar.series()));
        }
      }
      case Describe(SortedMap<String, FamilyMeta> families) -> {
        out.u8(8).varint(families.size());
        families.forEach(
            (name, meta) ->
                out.string(name).string(meta.type()).string(meta.help()).string(meta.unit()));
      }
      case Limits(SeriesLimits limits) -> limits.encode(out.u8(9));
      case Window(long windowMs) -> out.u8(10).varint(windowMs);
      case Retire(long beforeMs, int most) -> out.u8(11).zigzag(beforeMs).varint(most);
    }
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such command
  static WriteCommand decode(byte[] bytes) {
    return decode(new ByteReader(bytes));
  }

  /// Reads what [#encode] wrote, up to the end.
  ///
  /// @throws MalformedBytesException if the bytes are no such command
  static WriteCommand decode(ByteReader in) {
    return decode(in, new SampleBatch(1));
  }

  /// The same; a batch is read into `room`, in which nothing is that anybody still needs.
  static WriteCommand decode(ByteReader in, SampleBatch room) {
    int version = in.u8();
    if (version != 1) {
      throw new MalformedBytesException("write command version: expected=1 found=" + version);
    }
    int kind = in.u8();
    WriteCommand command =
        switch (kind) {
          case 1 -> new Write(in.zigzag(), in.zigzag(), SampleBatch.decode(in, room));
          case 2 -> new Retain(in.zigzag());
          case 3 -> new Told(in.string(), in.string(), in.string());
          case 4 -> new Compare();
          case 5 -> delete(in);
          case 6 -> new Clean();
          case 7 -> exemplars(in);
          case 8 -> describe(in);
          case 9 -> new Limits(SeriesLimits.decode(in));
          case 10 -> new Window(in.varint());
          case 11 -> new Retire(in.zigzag(), in.intVarint());
          default -> throw new MalformedBytesException("write command: unknown kind=" + kind);
        };
    in.expectEnd();
    return command;
  }

  private static Exemplars exemplars(ByteReader in) {
    int limit = in.intVarint();
    List<Exemplar> exemplars = new ArrayList<>();
    for (int i = in.count(4); i > 0; i--) {
      exemplars.add(Exemplar.decodeBody(in.labels(), in));
    }
    return new Exemplars(limit, exemplars);
  }

  private static Describe describe(ByteReader in) {
    SortedMap<String, FamilyMeta> families = new TreeMap<>();
    for (int i = in.count(4); i > 0; i--) {
      families.put(in.string(), new FamilyMeta(in.string(), in.string(), in.string()));
    }
    return new Describe(families);
  }

  private static Delete delete(ByteReader in) {
    long fromMs = in.zigzag();
    long toMs = in.zigzag();
    List<Long> refs = new ArrayList<>();
    long ref = 0;
    for (int i = in.count(1); i > 0; i--) {
      ref += in.varint();
      refs.add(ref);
    }
    return new Delete(refs, fromMs, toMs);
  }
}
