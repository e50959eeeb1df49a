package io.trivigil.alertmanager.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What a destination was last told.
///
/// @param version changes with every entry; 0 stands for no entry
/// @param flushMs the flush (its planned time) that told it; `repeat_interval` counts from here
/// @param firing the alerts it knows to be firing
/// @param resolved the alerts it knows to be over
/// @param attemptId the attempt that told it
/// @param certain whether it was delivered; else it was given up without knowing, so that what
///   fires has to be told anew, and ends have to follow
public record LogEntry(
    long version, long flushMs, Hashes firing, Hashes resolved, String attemptId, boolean certain) {

  void encode(ByteWriter out) {
    out.varint(version).zigzag(flushMs);
    firing.encode(out);
    resolved.encode(out);
    out.string(attemptId).bool(certain);
  }

  static LogEntry decode(ByteReader in) {
    return new LogEntry(
        in.varint(), in.zigzag(), Hashes.decode(in), Hashes.decode(in), in.string(), in.bool());
  }
}
