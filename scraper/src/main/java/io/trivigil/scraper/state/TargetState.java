package io.trivigil.scraper.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// What is known of one target after its last committed scrape. Immutable.
///
/// @param key names the target: job, labels and address; stays over changes of its settings
/// @param intervalMs how often it was scraped when that scrape was made
/// @param slotMs the slot of the last scrape; later ones alone are taken
/// @param scrapeMs the timestamp of the last scrape
/// @param up whether it succeeded
/// @param error why not; or of what it brought too many series, the others of which are stored;
///   else empty
/// @param durationNanos how long it took
/// @param seen the series that it gave, without those that carry timestamps of their own
/// @param report the series that report on it: `up` and its like
public record TargetState(
    String key,
    String job,
    long intervalMs,
    long slotMs,
    long scrapeMs,
    boolean up,
    String error,
    long durationNanos,
    RefSet seen,
    RefSet report) {
  private static final int VERSION = 1;

  /// Writes u8 version = 1, key, job, varint interval, zigzag slot, zigzag scrape, bool up, string
  /// error, varint duration, seen, report (both as in [RefSet]).
  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.u8(VERSION).string(key).string(job).varint(intervalMs).zigzag(slotMs).zigzag(scrapeMs);
    out.bool(up).string(error).varint(durationNanos);
    seen.encode(out);
    report.encode(out);
    return out.toBytes();
  }

  static TargetState decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "target state version: expected=%d found=%d".formatted(VERSION, version));
    }
    TargetState state =
        new TargetState(
            in.string(),
            in.string(),
            in.varint(),
            in.zigzag(),
            in.zigzag(),
            in.bool(),
            in.string(),
            in.varint(),
            RefSet.decode(in),
            RefSet.decode(in));
    in.expectEnd();
    return state;
  }
}
