package io.trivigil.node;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/// What `apply` answers to a [WriteCommand].
public sealed interface WriteAnswer {
  /// The batch is stored.
  ///
  /// @param refs the reference of each sample that came with labels, in order
  record Written(List<Long> refs) implements WriteAnswer {
    public Written {
      refs = List.copyOf(refs);
    }
  }

  /// Some references are not known any more; nothing was changed.
  record UnknownRefs(List<Long> refs) implements WriteAnswer {
    public UnknownRefs {
      refs = List.copyOf(refs);
    }
  }

  /// The batch was refused whole; nothing was changed.
  ///
  /// @param reason in the words of Prometheus
  /// @param sample the first unwelcome sample's place in the batch, -1 where the batch as a whole
  ///   is wrong
  record Refused(String reason, int sample) implements WriteAnswer {}

  /// The batch is stored but for what would have made too many series of a metric, a job, or all.
  ///
  /// @param refs the reference of each sample that came with labels, in order; 0 where no series
  ///   was made
  /// @param reason names metric or job
  /// @param sample the first sample that was left out, its place in the batch
  record Partly(List<Long> refs, String reason, int sample) implements WriteAnswer {
    public Partly {
      refs = List.copyOf(refs);
    }
  }

  /// Bytes: `u8 kind (0 written, 1 unknown, 2 refused, 3 partly)`, then refs; or string and zigzag
  /// place; or all three.
  default byte[] encode() {
    ByteWriter out = new ByteWriter();
    switch (this) {
      case Written(List<Long> refs) -> refs(out.u8(0), refs);
      case UnknownRefs(List<Long> refs) -> refs(out.u8(1), refs);
      case Refused(String reason, int sample) -> out.u8(2).string(reason).zigzag(sample);
      case Partly(List<Long> refs, String reason, int sample) -> {
        refs(out.u8(3), refs);
        out.string(reason).zigzag(sample);
      }
    }
    return out.toBytes();
  }

  private static void refs(ByteWriter out, List<Long> refs) {
    out.varint(refs.size());
    refs.forEach(out::varint);
  }

  /// Reads what [#encode] wrote.
  static WriteAnswer decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int kind = in.u8();
    if (kind == 2) {
      return new Refused(in.string(), (int) in.zigzag());
    }
    List<Long> refs = new ArrayList<>();
    for (int i = in.count(1); i > 0; i--) {
      refs.add(in.varint());
    }
    if (kind == 3) {
      return new Partly(refs, in.string(), (int) in.zigzag());
    }
    return kind == 0 ? new Written(refs) : new UnknownRefs(refs);
  }
}
