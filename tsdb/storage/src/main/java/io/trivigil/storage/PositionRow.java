package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;

/// The row `position` of `META`, written by snapshots alone. Layout: u8 version = 1, varint term,
/// zigzag index, zigzag log time, varint last reference, fixed64 cut-off, varint partition length
/// in ms.
///
/// @param position what of the log is durable
/// @param lastRef the newest reference that was handed out
/// @param cutoffMs samples below are not there any more
/// @param partitionMs the length of a partition, which may not change
record PositionRow(SnapshotPosition position, long lastRef, long cutoffMs, long partitionMs) {
  private static final int VERSION = 1;

  byte[] encode() {
    return new ByteWriter(48)
        .u8(VERSION)
        .varint(position.term())
        .zigzag(position.index())
        .zigzag(position.logTimeMs())
        .varint(lastRef)
        .fixed64(cutoffMs)
        .varint(partitionMs)
        .toBytes();
  }

  static PositionRow decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "storage format: expected=%d found=%d".formatted(VERSION, version));
    }
    PositionRow row =
        new PositionRow(
            new SnapshotPosition(in.varint(), in.zigzag(), in.zigzag()),
            in.varint(),
            in.fixed64(),
            in.varint());
    in.expectEnd();
    return row;
  }
}
