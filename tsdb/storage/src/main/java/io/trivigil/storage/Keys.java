package io.trivigil.storage;

import io.trivigil.model.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Keys of the page store's tables. Numbers are big endian, signed ones with their sign bit turned,
/// so that bytes sort as numbers do. Layout: `docs/chunks.md`.
final class Keys {
  static final byte[] POSITION = "position".getBytes(StandardCharsets.US_ASCII);
  static final byte[] LAYERS = "layers".getBytes(StandardCharsets.US_ASCII);
  static final byte[] PARTITIONS_FROM = {'p'};
  static final byte[] PARTITIONS_TO = {'p', (byte) 0xFF, (byte) 0xFF};

  /// References (as a power of two) of one row of last samples and of one block of the catalogue.
  static final int PAGE_SHIFT = 10;

  private static final byte RETIRED = (byte) 0x81;
  private static final byte RETIRED_HASH = (byte) 0x82;

  private Keys() {}

  static byte[] chunk(long partition, long ref, long minMs) {
    return ByteBuffer.allocate(24)
        .putLong(partition ^ Long.MIN_VALUE)
        .putLong(ref)
        .putLong(minMs ^ Long.MIN_VALUE)
        .array();
  }

  static long chunkPartition(byte[] key) {
    return ByteBuffer.wrap(key).getLong(0) ^ Long.MIN_VALUE;
  }

  static long chunkRef(byte[] key) {
    return ByteBuffer.wrap(key).getLong(8);
  }

  /// Before every key of the partition, in the tables that begin with one.
  static byte[] partitionFloor(long partition) {
    return ByteBuffer.allocate(8).putLong(partition ^ Long.MIN_VALUE).array();
  }

  static byte[] members(long partition, int before) {
    return ByteBuffer.allocate(12).putLong(partition ^ Long.MIN_VALUE).putInt(before).array();
  }

  static byte[] partitionRecord(long partition) {
    return ByteBuffer.allocate(9).put((byte) 'p').putLong(partition ^ Long.MIN_VALUE).array();
  }

  /// A page of a partition; all pages of one generation, or layer, come and go together.
  static byte[] page(long partition, int generation, int number) {
    return ByteBuffer.allocate(16)
        .putLong(partition ^ Long.MIN_VALUE)
        .putInt(generation)
        .putInt(number)
        .array();
  }

  /// What says which series stand where: behind the pages of its generation or layer.
  static byte[] pageTable(long partition, int generation) {
    return page(partition, generation, -1);
  }

  static int pageGeneration(byte[] key) {
    return ByteBuffer.wrap(key).getInt(8);
  }

  static int pageNumber(byte[] key) {
    return ByteBuffer.wrap(key).getInt(12);
  }

  /// Before every block of the catalogue, and behind every reference that is a key in it.
  static byte[] blocksFloor() {
    return new byte[] {Byte.MIN_VALUE};
  }

  static byte[] block(long page) {
    return ByteBuffer.allocate(9).put(Byte.MIN_VALUE).putLong(page).array();
  }

  static boolean isBlock(byte[] key) {
    return key[0] == Byte.MIN_VALUE;
  }

  /// Before every row of a retired series, and behind every block.
  static byte[] retiredFloor() {
    return new byte[] {RETIRED};
  }

  /// Before every row by the hash of a retired series' labels, and behind those by reference.
  static byte[] retiredHashFloor() {
    return new byte[] {RETIRED_HASH};
  }

  static byte[] retired(long ref) {
    return ByteBuffer.allocate(9).put(RETIRED).putLong(ref).array();
  }

  static long retiredRef(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  static byte[] retiredHash(long hash) {
    return ByteBuffer.allocate(9).put(RETIRED_HASH).putLong(hash).array();
  }

  static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  static long number(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  static byte[] section(String machine, String section) {
    return new ByteWriter().string(machine).string(section).toBytes();
  }
}
