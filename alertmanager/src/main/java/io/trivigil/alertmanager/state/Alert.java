package io.trivigil.alertmanager.state;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// One alert as it is known now.
///
/// @param fingerprint of the labels, see [Fingerprint]
/// @param labels what identifies it
/// @param annotations texts for people
/// @param startsMs since when it fires
/// @param endsMs when it ended or will count as ended; 0 for never
/// @param generatorUrl where it comes from, may be empty
/// @param timeout whether the sender gave no end, so that the end is a timeout
/// @param receivedMs log time at which it was first heard of since it was last over
/// @param updatedMs log time of the newest update
/// @param revision the state's revision at the last change of anything above
/// @param phase the last phase in its history
public record Alert(
    long fingerprint,
    Labels labels,
    Labels annotations,
    long startsMs,
    long endsMs,
    String generatorUrl,
    boolean timeout,
    long receivedMs,
    long updatedMs,
    long revision,
    Phase phase) {

  /// Whether it is over at `nowMs`; the end itself counts as over.
  public boolean resolvedAt(long nowMs) {
    return endsMs != 0 && endsMs <= nowMs;
  }

  Alert withEnd(long newEndsMs, long newRevision) {
    return new Alert(
        fingerprint,
        labels,
        annotations,
        startsMs,
        newEndsMs,
        generatorUrl,
        timeout,
        receivedMs,
        updatedMs,
        newRevision,
        phase);
  }

  Alert withPhase(Phase newPhase) {
    return new Alert(
        fingerprint,
        labels,
        annotations,
        startsMs,
        endsMs,
        generatorUrl,
        timeout,
        receivedMs,
        updatedMs,
        revision,
        newPhase);
  }

  void encode(ByteWriter out) {
    out.labels(labels).labels(annotations).zigzag(startsMs).zigzag(endsMs).string(generatorUrl);
    out.bool(timeout).zigzag(receivedMs).zigzag(updatedMs).varint(revision).u8(phase.code());
  }

  static Alert decode(ByteReader in) {
    Labels labels = in.labels();
    return new Alert(
        Fingerprint.of(labels),
        labels,
        in.labels(),
        in.zigzag(),
        in.zigzag(),
        in.string(),
        in.bool(),
        in.zigzag(),
        in.zigzag(),
        in.varint(),
        Phase.of(in.u8()));
  }
}
