package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Stores that an older version wrote, with chunks and one generation of pages.
final class OldStoreTest {
  private static final Labels UP_A = Labels.of("__name__", "up", "instance", "a");
  private static final Labels UP_B = Labels.of("__name__", "up", "instance", "b");

  private final MemoryPageStore pages = new MemoryPageStore();
  private final List<String> warnings = new ArrayList<>();

  private Storage open() {
    return Storage.open(
        StorageConfig.inMemory(), pages, new Metrics(), Runnable::run, warnings::add);
  }

  private static void entry(Storage storage, long index) {
    SampleBatch batch = new SampleBatch();
    batch.add(UP_A, 1000 * index, (double) index);
    batch.add(UP_B, 1000 * index, (double) index);
    storage.beginEntry(index, 1000 * index);
    storage.append(batch, AppendRules.EACH);
    storage.endEntry();
    storage.capture(new SnapshotPosition(1, index, 1000 * index), Map.of()).write();
  }

  private static String content(Storage storage) {
    try (Querier querier = storage.open()) {
      return StorageTest.content(querier);
    }
  }

  @BeforeEach
  void fill() {
    try (Storage storage = open()) {
      entry(storage, 1);
      entry(storage, 2);
    }
  }

  private void damage(Table table, byte[] key) {
    try (PageView view = pages.view()) {
      byte[] row = view.get(table, key).orElseThrow().clone();
      row[row.length - 1] ^= 1;
      pages.damage(table, key, row);
    }
  }

  private List<Integer> keysOfTheCatalogue() {
    List<Integer> lengths = new ArrayList<>();
    try (PageView view = pages.view()) {
      view.scan(
          Table.CATALOGUE,
          new byte[0],
          new byte[] {-1},
          (key, _) -> {
            lengths.add(key.length);
            return true;
          });
    }
    return lengths;
  }

  @Test
  void seriesInRowsOfTheirOwnMoveIntoABlock() {
    OldStore.rewrite(pages, false);
    assertThat(keysOfTheCatalogue()).containsExactly(8, 8);
    try (Storage storage = open()) {
      assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=2.0\nb 1000=1.0 2000=2.0\n");
      entry(storage, 3);
    }
    assertThat(keysOfTheCatalogue()).containsExactly(9);
    try (Storage storage = open()) {
      assertThat(content(storage))
          .isEqualTo("a 1000=1.0 2000=2.0 3000=3.0\nb 1000=1.0 2000=2.0 3000=3.0\n");
    }
  }

  @Test
  void aSnapshotWithoutSamplesMovesThemToo() {
    OldStore.rewrite(pages, false);
    try (Storage storage = open()) {
      storage.capture(new SnapshotPosition(1, 3, 3000), Map.of()).write();
    }
    assertThat(keysOfTheCatalogue()).containsExactly(9);
    try (Storage storage = open()) {
      assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=2.0\nb 1000=1.0 2000=2.0\n");
    }
  }

  @Test
  void corruptChunkIsToldOnceAndTheRestAnswers() {
    OldStore.rewrite(pages, false);
    byte[] key = Keys.chunk(0, 1, 1000);
    damage(Table.CHUNKS, key);
    try (Storage storage = open()) {
      assertThat(content(storage)).isEqualTo("a 2000=2.0\nb 1000=1.0 2000=2.0\n");
      assertThat(content(storage)).isEqualTo("a 2000=2.0\nb 1000=1.0 2000=2.0\n");
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("corrupt chunk set aside: partition=0 series=1 reason=chunk checksum");
      entry(storage, 3);
      storage.compact();
      assertThat(content(storage)).isEqualTo("a 2000=2.0 3000=3.0\nb 1000=1.0 2000=2.0 3000=3.0\n");
      assertThat(storage.stats(1).corruptChunks()).isEqualTo(1);
      assertThat(storage.stats(1).samples()).isEqualTo(5);
    }
    try (PageView view = pages.view()) {
      assertThat(view.get(Table.ASIDE, key)).isPresent();
      assertThat(view.get(Table.CHUNKS, key)).isEmpty();
    }
  }

  @Test
  void corruptPageIsToldOnceAndSetAsideByTheNextMerge() {
    OldStore.rewrite(pages, true);
    byte[] key = Keys.page(0, 1, 0);
    damage(Table.PAGES, key);
    try (Storage storage = open()) {
      assertThat(content(storage)).isEqualTo("a 2000=2.0\nb 2000=2.0\n");
      assertThat(content(storage)).isEqualTo("a 2000=2.0\nb 2000=2.0\n");
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("corrupt page set aside: partition=0 layer=1 page=0 reason=page checksum");
      assertThat(storage.damage().all()).hasSize(1);
      storage.compact();
      assertThat(content(storage)).isEqualTo("a 2000=2.0\nb 2000=2.0\n");
      assertThat(storage.stats(1).samples()).isEqualTo(2);
    }
    try (PageView view = pages.view()) {
      assertThat(view.get(Table.ASIDE, key)).isPresent();
      assertThat(view.get(Table.PAGES, key)).isEmpty();
    }
  }

  @Test
  void damagedTableOfPagesIsHadFromThePages() {
    OldStore.rewrite(pages, true);
    pages.damage(Table.PAGES, Keys.pageTable(0, 1), new byte[20]);
    try (Storage storage = open()) {
      assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=2.0\nb 1000=1.0 2000=2.0\n");
      assertThat(warnings).singleElement().asString().contains("page table: checksum mismatch");
    }
  }

  @Test
  void everythingOldBecomesOneLayer() {
    OldStore.rewrite(pages, true);
    try (Storage storage = open()) {
      entry(storage, 3);
      String before = content(storage);
      storage.compact();
      assertThat(content(storage)).isEqualTo(before).contains("a 1000=1.0 2000=2.0 3000=3.0");
      PartitionRecord record = storage.engine().records().getOrDefault(0L, PartitionRecord.EMPTY);
      assertThat(record.old()).isEqualTo(PartitionRecord.Old.NONE);
      assertThat(record.layers()).hasSize(1);
      assertThat(pages.bytes(Table.CHUNKS)).isZero();
    }
  }
}
