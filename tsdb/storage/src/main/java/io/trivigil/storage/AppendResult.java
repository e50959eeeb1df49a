package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.List;

/// What became of one batch. Immutable.
///
/// As bytes, for a command's answer: u8 version = 1 or 2, u8 kind, and then for 0 (replayed)
/// nothing; for 1 (unknown references) varint count and the references as varints; for 2 (refused)
/// the verdict as u8 and varint sample; for 3 (appended) the eight counts as varints, varint count
/// and the references as varints, and in version 2 varint count and of each that was over a limit
/// the verdict as u8, string name, varints limit, samples, first.
public sealed interface AppendResult {

  /// Writes the answer.
  default void encode(ByteWriter out) {
    AppendResultCodec.encode(this, out);
  }

  /// Reads what [#encode] wrote.
  static AppendResult decode(ByteReader in) {
    return AppendResultCodec.decode(in);
  }

  /// The entry is older than the state: nothing was looked at.
  record Replayed() implements AppendResult {}

  /// Some references are not known (any more): nothing was changed. The sender sends these series
  /// with their labels.
  ///
  /// @param refs each once, in batch order
  record UnknownRefs(List<Long> refs) implements AppendResult {
    public UnknownRefs {
      refs = List.copyOf(refs);
    }
  }

  /// The batch was refused whole; nothing was changed.
  ///
  /// @param verdict why
  /// @param sample the first unwelcome sample's place in the batch
  record Refused(Verdict verdict, int sample) implements AppendResult {}

  /// The welcome samples were stored.
  ///
  /// @param accepted how many samples are new, those that came late among them
  /// @param same how many were there already, bit for bit
  /// @param duplicates how many were left out because another value stands at their time
  /// @param outOfOrder how many were left out because their series has a later sample
  /// @param tooOld how many were left out as too old
  /// @param tooFarAhead how many were left out as too far ahead
  /// @param overLimit how many were left out because of the limits on series
  /// @param newSeries how many series were made
  /// @param refs the reference for each sample that came with labels, in batch order; 0 where no
  ///   series was made since the sample was left out
  /// @param over who was over which limit, in batch order; at most [OverLimit#MOST_TOLD]
  record Appended(
      int accepted,
      int same,
      int duplicates,
      int outOfOrder,
      int tooOld,
      int tooFarAhead,
      int overLimit,
      int newSeries,
      List<Long> refs,
      List<OverLimit> over)
      implements AppendResult {
    public Appended {
      refs = List.copyOf(refs);
      over = List.copyOf(over);
    }

    /// How many samples were left out.
    public int leftOut() {
      return duplicates + outOfOrder + tooOld + tooFarAhead + overLimit;
    }
  }
}
