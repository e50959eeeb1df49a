package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.index.MemberHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is durable of one partition. A row of `META`; layout: u8 version = 3, varint members,
/// fixed64 member hash, varint samples, bool merged, varint layers, each as in [Layer], then what
/// older versions left: varint chunks, varint chunk bytes, varint generation, varint pages, varint
/// page bytes. Where a layer is late, the version is 4 and behind each layer stands bool late.
/// Where a layer has pages of version 3, the version is 5 and behind each layer stand bool late and
/// bool whether it is one of those: programs that do not know these pages do not open the store.
///
/// Version 2 had no layers but one generation of pages, and chunks that are newer than these; its
/// layout: members, hash, samples, chunks, chunk bytes, merged, generation, pages, page bytes.
/// Version 1 ended before the generation and had no pages.
///
/// @param members how many series have samples in it
/// @param memberHash the rolling hash over them
/// @param samples how many samples it holds
/// @param merged whether it was brought into its final form since its last samples came
/// @param layers what it holds, oldest first
/// @param old what an older version wrote: older than all layers
record PartitionRecord(
    int members, long memberHash, long samples, boolean merged, List<Layer> layers, Old old) {

  /// What older versions wrote and no merge has made a layer of yet.
  ///
  /// @param chunks how many chunks there are
  /// @param chunkBytes their bytes without keys
  /// @param generation which pages count
  /// @param pages how many pages there are
  /// @param pageBytes their bytes
  record Old(long chunks, long chunkBytes, int generation, int pages, long pageBytes) {
    static final Old NONE = new Old(0, 0, 0, 0, 0);

    boolean isEmpty() {
      return chunks == 0 && pages == 0;
    }
  }

  static final PartitionRecord EMPTY =
      new PartitionRecord(0, MemberHash.EMPTY, 0, false, List.of(), Old.NONE);

  private static final int VERSION = 3;
  private static final int WITH_LATE = 4;
  private static final int WITH_NEW_FORMS = 5;
  private static final int WITHOUT_LAYERS = 2;
  private static final int WITHOUT_PAGES = 1;
  private static final int WORTH_A = 8; // part of what was sealed
  private static final int RARER = 4; // than layers of snapshots are those merged that were before

  PartitionRecord {
    layers = List.copyOf(layers);
  }

  PartitionRecord withMembers(int count, long hash) {
    return new PartitionRecord(count, hash, samples, merged, layers, old);
  }

  PartitionRecord withMerged(boolean now) {
    return new PartitionRecord(members, memberHash, samples, now, layers, old);
  }

  /// With what a snapshot brought.
  PartitionRecord plus(Layer layer) {
    List<Layer> more = new ArrayList<>(layers);
    more.add(layer);
    return new PartitionRecord(members, memberHash, samples + layer.samples(), false, more, old);
  }

  /// With neighbouring layers, and perhaps what older versions left, merged into one or none.
  PartitionRecord replace(List<Layer> gone, boolean goneOld, Optional<Layer> by) {
    int at = gone.isEmpty() ? 0 : layers.indexOf(gone.getFirst());
    List<Layer> next = new ArrayList<>(layers);
    List<Layer> range = next.subList(at, at + gone.size());
    if (!range.equals(gone)) {
      throw new IllegalStateException("layers changed while they were merged: " + layers);
    }
    long samplesGone = samplesOf(gone) + (goneOld ? samples - samplesOf(layers) : 0);
    range.clear();
    by.ifPresent(layer -> next.add(at, layer));
    return new PartitionRecord(
        members,
        memberHash,
        samples - samplesGone + by.map(Layer::samples).orElse(0L),
        merged,
        next,
        goneOld ? Old.NONE : old);
  }

  /// Whether a series' samples need not stand in order of time, one layer behind the other.
  boolean hasLate() {
    for (Layer layer : layers) {
      if (layer.late()) {
        return true;
      }
    }
    return false;
  }

  private static long samplesOf(List<Layer> some) {
    return some.stream().mapToLong(Layer::samples).sum();
  }

  /// Chunks and pages, for figures.
  long parts() {
    return old.chunks() + old.pages() + layers.stream().mapToLong(Layer::pages).sum();
  }

  /// What the samples take.
  long bytes() {
    return old.chunkBytes() + old.pageBytes() + layers.stream().mapToLong(Layer::bytes).sum();
  }

  /// Whether there is nothing to be merged.
  boolean isWhole() {
    return old.isEmpty() ? layers.size() <= 1 : layers.isEmpty() && old.chunks() == 0;
  }

  /// Whether what came since a merge of the whole partition is worth writing all of it again.
  boolean worthSealing() {
    boolean wasSealed =
        old.isEmpty() && !layers.isEmpty() && layers.getFirst().level() == Layer.SEALED;
    long sealedBytes = wasSealed ? layers.getFirst().bytes() : old.pageBytes();
    return isWhole() || (bytes() - sealedBytes) * WORTH_A >= sealedBytes;
  }

  /// Neighbouring layers of one level that are enough to be merged; empty if there are none.
  ///
  /// @param enough for layers of snapshots, which are small; of others it takes [#RARER] times as
  ///   many: to read some more of them costs little, to write all of them again costs much
  List<Layer> tier(int enough) {
    int end = layers.size();
    while (end >= enough) {
      int level = layers.get(end - 1).level();
      int from = end;
      while (from > 0 && layers.get(from - 1).level() == level) {
        from--;
      }
      int needed = level == 0 ? enough : enough * RARER;
      if (end - from >= needed && level < Layer.SEALED - 1) {
        return layers.subList(from, Math.min(end, from + Math.max(enough, Layer.MOST_AT_ONCE)));
      }
      end = from;
    }
    return List.of();
  }

  private boolean hasNewForms() {
    for (Layer layer : layers) {
      if (layer.newForms()) {
        return true;
      }
    }
    return false;
  }

  byte[] encode() {
    int version = hasNewForms() ? WITH_NEW_FORMS : hasLate() ? WITH_LATE : VERSION;
    ByteWriter out =
        new ByteWriter(48 + 24 * layers.size())
            .u8(version)
            .varint(members)
            .fixed64(memberHash)
            .varint(samples)
            .bool(merged)
            .varint(layers.size());
    for (Layer layer : layers) {
      layer.encode(out);
      if (version >= WITH_LATE) {
        out.bool(layer.late());
      }
      if (version >= WITH_NEW_FORMS) {
        out.bool(layer.newForms());
      }
    }
    return out.varint(old.chunks())
        .varint(old.chunkBytes())
        .varint(old.generation())
        .varint(old.pages())
        .varint(old.pageBytes())
        .toBytes();
  }

  static PartitionRecord decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    PartitionRecord record =
        switch (version) {
          case VERSION, WITH_LATE, WITH_NEW_FORMS -> decodeLayers(in, version);
          case WITHOUT_LAYERS, WITHOUT_PAGES -> decodeOld(in, version);
          default ->
              throw new MalformedBytesException(
                  "partition record: expected version=%d found=%d"
                      .formatted(WITH_NEW_FORMS, version));
        };
    in.expectEnd();
    return record;
  }

  private static PartitionRecord decodeLayers(ByteReader in, int version) {
    int members = in.intVarint();
    long hash = in.fixed64();
    long samples = in.varint();
    boolean merged = in.bool();
    List<Layer> layers = new ArrayList<>();
    for (int left = in.count(7); left > 0; left--) {
      Layer layer = Layer.decode(in);
      layer = version >= WITH_LATE ? layer.withLate(in.bool()) : layer;
      layers.add(version >= WITH_NEW_FORMS ? layer.withNewForms(in.bool()) : layer);
    }
    Old old = new Old(in.varint(), in.varint(), in.intVarint(), in.intVarint(), in.varint());
    return new PartitionRecord(members, hash, samples, merged, layers, old);
  }

  private static PartitionRecord decodeOld(ByteReader in, int version) {
    int members = in.intVarint();
    long hash = in.fixed64();
    long samples = in.varint();
    long chunks = in.varint();
    long chunkBytes = in.varint();
    boolean merged = in.bool();
    boolean paged = version == WITHOUT_LAYERS;
    Old old =
        new Old(
            chunks,
            chunkBytes,
            paged ? in.intVarint() : 0,
            paged ? in.intVarint() : 0,
            paged ? in.varint() : 0);
    return new PartitionRecord(members, hash, samples, merged, List.of(), old);
  }
}
