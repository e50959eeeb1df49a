package io.trivigil.scraper.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;

/// What `apply` answers to a command.
public sealed interface ScrapeAnswer {
  /// The command changed the state as it says, or had been applied before to the same effect.
  ///
  /// @param refs for a batch: the reference of each sample that came with labels, in order; 0 where
  ///   none was given
  record Applied(List<Long> refs, SampleStore.LeftOut leftOut) implements ScrapeAnswer {
    public Applied {
      refs = List.copyOf(refs);
    }
  }

  /// The state is not what the command expects; nothing was changed.
  record Refused(String reason) implements ScrapeAnswer {}

  /// Some references of a batch are not known any more; nothing was changed. The batch may be
  /// proposed again with labels instead.
  record UnknownRefs(List<Long> refs) implements ScrapeAnswer {
    public UnknownRefs {
      refs = List.copyOf(refs);
    }
  }

  /// Writes u8 kind (0 applied, 1 refused, 2 unknown references), then: varint count, varint
  /// references, varint duplicates, out of order, out of bounds, over limit | string reason |
  /// varint count, varint references.
  default byte[] encode() {
    ByteWriter out = new ByteWriter();
    switch (this) {
      case Applied(List<Long> refs, SampleStore.LeftOut left) -> {
        out.u8(0);
        writeRefs(out, refs);
        out.varint(left.duplicates()).varint(left.outOfOrder());
        out.varint(left.outOfBounds()).varint(left.overLimit());
      }
      case Refused(String reason) -> out.u8(1).string(reason);
      case UnknownRefs(List<Long> refs) -> {
        out.u8(2);
        writeRefs(out, refs);
      }
    }
    return out.toBytes();
  }

  /// Reads what [#encode] wrote.
  static ScrapeAnswer decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int kind = in.u8();
    return switch (kind) {
      case 0 ->
          new Applied(
              readRefs(in),
              new SampleStore.LeftOut(
                  in.intVarint(), in.intVarint(), in.intVarint(), in.intVarint()));
      case 1 -> new Refused(in.string());
      case 2 -> new UnknownRefs(readRefs(in));
      default -> throw new MalformedBytesException("scrape answer kind: found=" + kind);
    };
  }

  private static void writeRefs(ByteWriter out, List<Long> refs) {
    out.varint(refs.size());
    refs.forEach(out::varint);
  }

  private static List<Long> readRefs(ByteReader in) {
    int count = in.count(1);
    List<Long> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(in.varint());
    }
    return refs;
  }
}
