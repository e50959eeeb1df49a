package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.index.MemberHash;

/// What is durable of one partition. A row of `META`; layout: u8 version = 2, varint members,
/// fixed64 member hash, varint samples, varint chunks, varint chunk bytes, bool merged, varint
/// generation, varint pages, varint page bytes. Version 1 ended before the generation and had no
/// pages.
///
/// @param members how many series have samples in it
/// @param memberHash the rolling hash over them
/// @param samples how many samples its chunks and pages hold
/// @param chunks how many chunks it has
/// @param chunkBytes their bytes without keys
/// @param merged whether it was brought into its final form since its last chunk came
/// @param generation which pages count
/// @param pages how many pages it has
/// @param pageBytes their bytes
record PartitionRecord(
    int members,
    long memberHash,
    long samples,
    long chunks,
    long chunkBytes,
    boolean merged,
    int generation,
    int pages,
    long pageBytes) {
  static final PartitionRecord EMPTY =
      new PartitionRecord(0, MemberHash.EMPTY, 0, 0, 0, false, 0, 0, 0);

  private static final int VERSION = 2;
  private static final int WITHOUT_PAGES = 1;
  private static final int WORTH_A = 8; // part of the pages

  PartitionRecord withMembers(int count, long hash) {
    return new PartitionRecord(
        count, hash, samples, chunks, chunkBytes, merged, generation, pages, pageBytes);
  }

  PartitionRecord plus(long moreSamples, long moreChunks, long moreBytes) {
    return new PartitionRecord(
        members,
        memberHash,
        samples + moreSamples,
        chunks + moreChunks,
        chunkBytes + moreBytes,
        merged,
        generation,
        pages,
        pageBytes);
  }

  PartitionRecord withMerged(boolean now) {
    return new PartitionRecord(
        members, memberHash, samples, chunks, chunkBytes, now, generation, pages, pageBytes);
  }

  PartitionRecord withPages(int nextGeneration, int count, long bytes) {
    return new PartitionRecord(
        members, memberHash, samples, chunks, chunkBytes, merged, nextGeneration, count, bytes);
  }

  /// Whether what came since the last merge is worth writing all pages again.
  boolean worthMerging() {
    return pages == 0 || chunks == 0 || chunkBytes * WORTH_A >= pageBytes;
  }

  byte[] encode() {
    return new ByteWriter(48)
        .u8(VERSION)
        .varint(members)
        .fixed64(memberHash)
        .varint(samples)
        .varint(chunks)
        .varint(chunkBytes)
        .bool(merged)
        .varint(generation)
        .varint(pages)
        .varint(pageBytes)
        .toBytes();
  }

  static PartitionRecord decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION && version != WITHOUT_PAGES) {
      throw new MalformedBytesException(
          "partition record: expected version=%d found=%d".formatted(VERSION, version));
    }
    PartitionRecord record =
        new PartitionRecord(
            in.intVarint(),
            in.fixed64(),
            in.varint(),
            in.varint(),
            in.varint(),
            in.bool(),
            version == VERSION ? in.intVarint() : 0,
            version == VERSION ? in.intVarint() : 0,
            version == VERSION ? in.varint() : 0);
    in.expectEnd();
    return record;
  }
}
