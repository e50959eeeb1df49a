package io.trivigil.storage;

import io.trivigil.storage.backup.Throttle;
import io.trivigil.storage.page.PageStoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/// The whole content as it is at one entry, for a checksum in the background. Holds memory and
/// files until it is closed. Owned by one thread at a time.
public final class FixedContent implements AutoCloseable {
  /// A reader keeps samples in memory that were written meanwhile; beyond so many it gives up, for
  /// memory is worth more than a checksum.
  public static final long MAX_SAMPLES_HELD = 10_000_000;

  private final SnapshotPosition position;
  private final Map<String, SortedMap<String, byte[]>> sections;
  private final StorageQuerier querier;
  private final LongSupplier samplesHeld;

  FixedContent(
      SnapshotPosition position,
      Map<String, SortedMap<String, byte[]>> sections,
      StorageQuerier querier,
      LongSupplier samplesHeld) {
    this.samplesHeld = samplesHeld;
    this.position = position;
    this.sections = sections;
    this.querier = querier;
  }

  /// The last entry that it contains.
  public SnapshotPosition position() {
    return position;
  }

  /// Reads everything; slowly, as the throttle says. Throws [PageStoreException] if the store was
  /// closed or replaced meanwhile, if it is damaged, or if [#MAX_SAMPLES_HELD] is passed.
  public ContentSum sum(Throttle throttle) {
    return new ContentSum(samples(throttle), state(sections));
  }

  private long samples(Throttle throttle) {
    try {
      return Checksum.of(
          querier,
          bytes -> {
            throttle.took(bytes);
            if (samplesHeld.getAsLong() > MAX_SAMPLES_HELD) {
              throw new PageStoreException(
                  "checksum given up, too many samples wait for it in memory: limit="
                      + MAX_SAMPLES_HELD);
            }
          });
    } catch (IllegalStateException e) { // the head's memory was given back
      throw new PageStoreException("the store was closed or replaced", e);
    }
  }

  private static long state(Map<String, SortedMap<String, byte[]>> sections) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    new java.util.TreeMap<>(sections)
        .forEach(
            (machine, all) ->
                all.forEach(
                    (section, bytes) -> {
                      add(digest, machine.getBytes(StandardCharsets.UTF_8));
                      add(digest, section.getBytes(StandardCharsets.UTF_8));
                      add(digest, bytes);
                    }));
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  @Override
  public void close() {
    querier.close();
  }
}
