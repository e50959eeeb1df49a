package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.index.MemberHash;

/// What is durable of one partition. A row of `META`; layout: u8 version = 1, varint members,
/// fixed64 member hash, varint samples, varint chunks, varint chunk bytes, bool merged.
///
/// @param members how many series have samples in it
/// @param memberHash the rolling hash over them
/// @param samples how many samples its chunks hold
/// @param chunks how many chunks it has
/// @param chunkBytes their bytes without keys
/// @param merged whether it was brought into its final form since its last chunk came
record PartitionRecord(
    int members, long memberHash, long samples, long chunks, long chunkBytes, boolean merged) {
  static final PartitionRecord EMPTY = new PartitionRecord(0, MemberHash.EMPTY, 0, 0, 0, false);

  private static final int VERSION = 1;

  PartitionRecord withMembers(int count, long hash) {
    return new PartitionRecord(count, hash, samples, chunks, chunkBytes, merged);
  }

  PartitionRecord plus(long moreSamples, long moreChunks, long moreBytes) {
    return new PartitionRecord(
        members,
        memberHash,
        samples + moreSamples,
        chunks + moreChunks,
        chunkBytes + moreBytes,
        merged);
  }

  PartitionRecord withMerged(boolean now) {
    return new PartitionRecord(members, memberHash, samples, chunks, chunkBytes, now);
  }

  byte[] encode() {
    return new ByteWriter(40)
        .u8(VERSION)
        .varint(members)
        .fixed64(memberHash)
        .varint(samples)
        .varint(chunks)
        .varint(chunkBytes)
        .bool(merged)
        .toBytes();
  }

  static PartitionRecord decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    if (in.u8() != VERSION) {
      throw new MalformedBytesException("partition record: other version");
    }
    PartitionRecord record =
        new PartitionRecord(
            in.intVarint(), in.fixed64(), in.varint(), in.varint(), in.varint(), in.bool());
    in.expectEnd();
    return record;
  }
}
