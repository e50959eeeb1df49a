package io.trivigil.alertmanager.state;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// One line of the alert history.
///
/// @param sequence its number; grows by one
/// @param atMs when it happened
/// @param labels the alert
/// @param phase what happened
/// @param detail by what or to whom: a silence's id, a receiver, a reason
public record Transition(long sequence, long atMs, Labels labels, Phase phase, String detail) {
  void encode(ByteWriter out) {
    out.varint(sequence).zigzag(atMs).labels(labels).u8(phase.code()).string(detail);
  }

  static Transition decode(ByteReader in) {
    return new Transition(in.varint(), in.zigzag(), in.labels(), Phase.of(in.u8()), in.string());
  }
}
