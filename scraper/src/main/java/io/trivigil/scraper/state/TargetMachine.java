package io.trivigil.scraper.state;

import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// The deterministic machine of scraping.
///
/// [#apply], [#sections] and [#restore] are called by one thread, in log order; everything else may
/// be called from any thread: values are immutable and stand in concurrent maps.
public final class TargetMachine {
  /// The most metric families that are kept of one target; further ones are ignored.
  public static final int MAX_FAMILIES = 20_000;

  private static final String TARGETS = "target/";
  private static final String METADATA = "metadata/";
  private static final String GROUPS = "groups/";
  private static final String SEED = "seed";
  private static final int METADATA_VERSION = 1;

  private final SampleStore store;
  private final Map<String, TargetState> targets = new ConcurrentSkipListMap<>();
  private final Map<String, SortedMap<String, FamilyMeta>> metadata = new ConcurrentSkipListMap<>();
  private final Map<String, ProviderGroups> groups = new ConcurrentSkipListMap<>();
  private final AtomicLong groupsVersion = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile OptionalLong seed = OptionalLong.empty();

  public TargetMachine(SampleStore store) {
    this.store = store;
  }

  /// Applies one command and returns the bytes of a [ScrapeAnswer].
  public byte[] apply(long logTimeMs, byte[] command) {
    ScrapeCommand decoded;
    try {
      decoded = ScrapeCommand.decode(command);
    } catch (MalformedBytesException e) {
      return new ScrapeAnswer.Refused("malformed: " + e.getMessage()).encode();
    }
    return apply(decoded).encode();
  }

  private ScrapeAnswer apply(ScrapeCommand command) {
    return switch (command) {
      case ScrapeCommand.Batch batch -> applyBatch(batch);
      case ScrapeCommand.Groups difference -> applyGroups(difference);
      case ScrapeCommand.GroupsGone gone -> {
        if (groups.remove(groupsKey(gone.job(), gone.provider())) != null) {
          groupsChanged();
        }
        yield done();
      }
      case ScrapeCommand.Gone gone -> applyGone(gone);
      case ScrapeCommand.Seed first -> {
        if (seed.isEmpty()) {
          seed = OptionalLong.of(first.seed());
        }
        yield done();
      }
    };
  }

  private static ScrapeAnswer done() {
    return new ScrapeAnswer.Applied(List.of(), SampleStore.LeftOut.NONE);
  }

  private ScrapeAnswer applyBatch(ScrapeCommand.Batch batch) {
    TargetState before = targets.get(batch.key());
    if (before != null && batch.slotMs() <= before.slotMs()) {
      return new ScrapeAnswer.Refused(
          "slot was taken: slot_ms=%d last_slot_ms=%d".formatted(batch.slotMs(), before.slotMs()));
    }
    long atMs =
        before == null ? batch.scrapeMs() : Math.max(batch.scrapeMs(), before.scrapeMs() + 1);
    SampleBatch samples =
        atMs == batch.scrapeMs()
            ? batch.samples()
            : shifted(batch.samples(), batch.scrapeMs(), atMs);
    List<Long> refs;
    SampleStore.LeftOut leftOut;
    String overLimit;
    switch (store.append(samples, batch.report())) {
      case SampleStore.Stored.UnknownRefs(List<Long> unknown) -> {
        return new ScrapeAnswer.UnknownRefs(unknown);
      }
      case SampleStore.Stored.Appended(List<Long> given, SampleStore.LeftOut left, String over) -> {
        refs = given;
        leftOut = left;
        overLimit = over;
      }
    }
    long[] all = allRefs(samples, refs);
    int size = samples.size();
    RefSet report = RefSet.of(tail(all, size - batch.report()), batch.report());
    RefSet seen = RefSet.of(all, batch.tracked());
    if (before != null) {
      markStale(before.seen().minus(seen), atMs);
      // A report series is missing only if the settings changed.
      markStale(before.report().minus(report), atMs);
    }
    describe(batch);
    targets.put(
        batch.key(),
        new TargetState(
            batch.key(),
            batch.job(),
            batch.intervalMs(),
            batch.slotMs(),
            atMs,
            batch.up(),
            batch.error().isEmpty() ? overLimit : batch.error(),
            batch.durationNanos(),
            seen,
            report));
    return new ScrapeAnswer.Applied(refs, leftOut);
  }

  private static SampleBatch shifted(SampleBatch samples, long fromMs, long toMs) {
    SampleBatch shifted = new SampleBatch();
    for (int i = 0; i < samples.size(); i++) {
      long timestampMs = samples.timestampMs(i) == fromMs ? toMs : samples.timestampMs(i);
      if (samples.ref(i) == SampleBatch.NO_REF) {
        shifted.add(samples.labels(i), timestampMs, samples.value(i));
      } else {
        shifted.add(samples.ref(i), timestampMs, samples.value(i));
      }
    }
    return shifted;
  }

  private static long[] allRefs(SampleBatch samples, List<Long> given) {
    long[] refs = new long[samples.size()];
    int next = 0;
    for (int i = 0; i < refs.length; i++) {
      refs[i] = samples.ref(i) == SampleBatch.NO_REF ? given.get(next++) : samples.ref(i);
    }
    return refs;
  }

  private static long[] tail(long[] refs, int from) {
    long[] tail = new long[refs.length - from];
    System.arraycopy(refs, from, tail, 0, tail.length);
    return tail;
  }

  /// Ends series; those that the store has forgotten ended by themselves.
  private void markStale(RefSet ended, long atMs) {
    Set<Long> forgotten = new HashSet<>();
    while (ended.size() > forgotten.size()) {
      SampleBatch markers = new SampleBatch();
      for (int i = 0; i < ended.size(); i++) {
        if (!forgotten.contains(ended.get(i))) {
          markers.add(ended.get(i), atMs, Staleness.marker());
        }
      }
      switch (store.append(markers)) {
        case SampleStore.Stored.Appended _ -> {
          return;
        }
        case SampleStore.Stored.UnknownRefs(List<Long> refs) -> {
          if (!forgotten.addAll(refs)) {
            throw new IllegalStateException("store names no new unknown references: refs=" + refs);
          }
        }
      }
    }
  }

  private void describe(ScrapeCommand.Batch batch) {
    if (batch.metadata().isEmpty()) {
      return;
    }
    SortedMap<String, FamilyMeta> next =
        new TreeMap<>(metadata.getOrDefault(batch.key(), Collections.emptySortedMap()));
    batch
        .metadata()
        .forEach(
            (family, meta) -> {
              if (next.size() < MAX_FAMILIES || next.containsKey(family)) {
                next.put(family, meta);
              }
            });
    metadata.put(batch.key(), Collections.unmodifiableSortedMap(next));
  }

  private ScrapeAnswer applyGroups(ScrapeCommand.Groups difference) {
    String key = groupsKey(difference.job(), difference.provider());
    ProviderGroups before =
        groups.getOrDefault(
            key,
            new ProviderGroups(
                difference.job(), difference.provider(), 0, Collections.emptySortedMap()));
    if (before.version() != difference.base()) {
      return new ScrapeAnswer.Refused(
          "groups have changed: base=%d version=%d".formatted(difference.base(), before.version()));
    }
    groups.put(key, before.after(difference));
    groupsChanged();
    return done();
  }

  private ScrapeAnswer applyGone(ScrapeCommand.Gone gone) {
    TargetState state = targets.get(gone.key());
    if (state == null) {
      return done();
    }
    if (state.slotMs() != gone.slotMs()) {
      return new ScrapeAnswer.Refused(
          "target was scraped meanwhile: slot_ms=%d last_slot_ms=%d"
              .formatted(gone.slotMs(), state.slotMs()));
    }
    long atMs = Math.max(gone.atMs(), state.scrapeMs() + 1);
    markStale(state.seen(), atMs);
    markStale(state.report(), atMs);
    targets.remove(gone.key());
    metadata.remove(gone.key());
    return done();
  }

  private void groupsChanged() {
    groupsVersion.incrementAndGet();
    listeners.forEach(Runnable::run);
  }

  private static String groupsKey(String job, String provider) {
    return job + "\n" + provider;
  }

  /// Calls `listener` on the applying thread whenever discovered groups change. It must return at
  /// once.
  public void onGroupsChanged(Runnable listener) {
    listeners.add(listener);
  }

  /// Grows on this node whenever discovered groups change.
  public long groupsVersion() {
    return groupsVersion.get();
  }

  /// The state of a target; empty before its first committed scrape.
  public Optional<TargetState> target(String key) {
    return Optional.ofNullable(targets.get(key));
  }

  /// All targets that were scraped and did not go since, in the order of their keys. A live view.
  public Collection<TargetState> targets() {
    return Collections.unmodifiableCollection(targets.values());
  }

  /// What a target said of its metric families, by family.
  public SortedMap<String, FamilyMeta> metadata(String key) {
    return metadata.getOrDefault(key, Collections.emptySortedMap());
  }

  /// All discovered groups. A live view.
  public Collection<ProviderGroups> groups() {
    return Collections.unmodifiableCollection(groups.values());
  }

  /// What a provider of a job found; empty if it never did.
  public Optional<ProviderGroups> groups(String job, String provider) {
    return Optional.ofNullable(groups.get(groupsKey(job, provider)));
  }

  /// The seed that spreads the scrapes of this cluster; empty until the first leader proposed one.
  public OptionalLong seed() {
    return seed;
  }

  /// The whole state: `seed`, `target/<key>`, `metadata/<key>`, `groups/<job>\n<provider>`. The
  /// bytes of metadata are u8 version = 1, varint count, then name and [FamilyMeta] of each.
  public SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    if (seed.isPresent()) {
      sections.put(SEED, new ByteWriter().fixed64(seed.getAsLong()).toBytes());
    }
    targets.forEach((key, state) -> sections.put(TARGETS + key, state.encode()));
    metadata.forEach((key, families) -> sections.put(METADATA + key, encode(families)));
    groups.forEach((key, found) -> sections.put(GROUPS + key, found.encode()));
    return sections;
  }

  /// Replaces the whole state by what [#sections] returned.
  public void restore(SortedMap<String, byte[]> sections) {
    targets.clear();
    metadata.clear();
    groups.clear();
    seed = OptionalLong.empty();
    sections.forEach(this::restore);
    groupsChanged();
  }

  private void restore(String name, byte[] bytes) {
    if (name.startsWith(TARGETS)) {
      targets.put(name.substring(TARGETS.length()), TargetState.decode(bytes));
    } else if (name.startsWith(METADATA)) {
      metadata.put(name.substring(METADATA.length()), decodeFamilies(bytes));
    } else if (name.startsWith(GROUPS)) {
      groups.put(name.substring(GROUPS.length()), ProviderGroups.decode(bytes));
    } else if (name.equals(SEED)) {
      seed = OptionalLong.of(new ByteReader(bytes).fixed64());
    } else {
      throw new MalformedBytesException("unknown section of scraping: name=" + name);
    }
  }

  private static byte[] encode(SortedMap<String, FamilyMeta> families) {
    ByteWriter out = new ByteWriter();
    out.u8(METADATA_VERSION).varint(families.size());
    families.forEach(
        (family, meta) -> {
          out.string(family);
          meta.encode(out);
        });
    return out.toBytes();
  }

  private static SortedMap<String, FamilyMeta> decodeFamilies(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != METADATA_VERSION) {
      throw new MalformedBytesException(
          "metadata version: expected=%d found=%d".formatted(METADATA_VERSION, version));
    }
    int count = in.count(4);
    SortedMap<String, FamilyMeta> families = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      families.put(in.string(), FamilyMeta.decode(in));
    }
    return Collections.unmodifiableSortedMap(families);
  }
}
