package io.trivigil.storage.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both stores keep the same promises; the second runs the same table as the first.
final class RocksPageStoreTest {
  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static RocksPageStore open(Path directory) {
    return RocksPageStore.open(directory, RocksLimits.DEFAULT);
  }

  private static void put(PageStore store, String... keys) {
    try (PageBatch batch = store.begin()) {
      for (String key : keys) {
        batch.put(Table.CHUNKS, key(key), key("=" + key));
        batch.put(Table.CATALOGUE, key(key), key("=" + key));
      }
      batch.commit();
    }
  }

  private static List<String> scan(PageView view, String from, String start, String to) {
    List<String> keys = new ArrayList<>();
    view.scanFromFloor(
        Table.CHUNKS,
        key(from),
        key(start),
        key(to),
        (key, value) -> {
          assertThat(text(value)).isEqualTo("=" + text(key));
          return keys.add(text(key));
        });
    return keys;
  }

  /// Whatever the guess: the rows of [#scan], and before them at most some between it and them.
  private static void guesses(PageView view, String... keys) {
    for (String from : keys) {
      for (String start : keys) {
        for (String to : keys) {
          List<String> wanted = scan(view, from, start, to);
          for (String guess : keys) {
            if (start.compareTo(from) >= 0 && guess.compareTo(from) >= 0) {
              List<String> found = new ArrayList<>();
              view.scanFromGuess(
                  Table.CHUNKS,
                  key(from),
                  key(guess),
                  key(start),
                  key(to),
                  (key, _) -> found.add(text(key)));
              String what = String.join(" ", from, guess, start, to);
              assertThat(found).as(what).endsWith(wanted.toArray(String[]::new)).isSorted();
              assertThat(found).as(what).doesNotHaveDuplicates();
              assertThat(found).as(what).allMatch(key -> key.compareTo(from) >= 0);
            }
          }
        }
      }
    }
  }

  private static void promises(PageStore store, Path checkpoint) throws IOException {
    put(store, "b1", "b3", "b5", "c1", "\u00e9");
    try (PageView view = store.view()) {
      guesses(view, "a", "b", "b1", "b2", "b3", "b4", "b5", "b6", "c", "c1", "d", "z");
      assertThat(scan(view, "b", "b3", "c")).containsExactly("b3", "b5");
      assertThat(scan(view, "b", "b4", "c")).containsExactly("b3", "b5");
      assertThat(scan(view, "b", "b0", "c")).containsExactly("b1", "b3", "b5");
      assertThat(scan(view, "b4", "b4", "b5")).isEmpty();
      assertThat(scan(view, "b", "z", "z1")).containsExactly("c1");
      assertThat(scan(view, "d", "z", "\u00ff")).containsExactly("\u00e9");
      try (PageBatch batch = store.begin()) {
        batch.deleteRange(Table.CHUNKS, key("b1"), key("b5"));
        batch.delete(Table.CHUNKS, key("c1"));
        batch.put(Table.CHUNKS, key("b2"), key("=b2"));
        batch.commit();
      }
      try (PageBatch forgotten = store.begin()) {
        forgotten.put(Table.CHUNKS, key("x"), key("x"));
      }
      assertThat(scan(view, "b", "b", "d")).containsExactly("b1", "b3", "b5", "c1");
      assertThat(view.get(Table.CHUNKS, key("b2"))).isEmpty();
    }
    try (PageView view = store.view()) {
      assertThat(scan(view, "a", "a", "z")).containsExactly("b2", "b5");
      assertThat(view.get(Table.CATALOGUE, key("b1")).map(RocksPageStoreTest::text))
          .contains("=b1");
    }
    Files.createDirectory(checkpoint);
    store.writeCheckpoint(checkpoint);
    put(store, "later");
    PageView old = store.view();
    store.install(checkpoint);
    assertThatThrownBy(() -> scan(old, "a", "a", "z")).isInstanceOf(PageStoreException.class);
    old.close();
    try (PageView view = store.view()) {
      assertThat(scan(view, "a", "a", "z")).containsExactly("b2", "b5");
    }
    put(store, "again");
    assertThat(store.bytes(Table.CHUNKS)).isPositive();
  }

  @Test
  void rocksKeepsThePromises(@TempDir Path directory) throws IOException {
    try (RocksPageStore store = open(directory.resolve("pages"))) {
      promises(store, directory.resolve("checkpoint"));
    }
  }

  @Test
  void memoryKeepsThePromises(@TempDir Path directory) throws IOException {
    promises(new MemoryPageStore(), directory.resolve("checkpoint"));
  }

  @Test
  void whatWasDeletedBesideAViewLeavesTheDiskWhenItsRangeIsWrittenAnew(@TempDir Path directory) {
    try (RocksPageStore store = open(directory.resolve("pages"))) {
      byte[] value = new byte[1 << 20];
      new Random(1).nextBytes(value);
      try (PageBatch batch = store.begin()) {
        batch.put(Table.PAGES, key("a1"), value);
        batch.put(Table.PAGES, key("b1"), value);
        batch.commit();
      }
      store.compact();
      PageView view = store.view();
      try (PageBatch batch = store.begin()) {
        batch.deleteRange(Table.PAGES, key("a"), key("b"));
        batch.put(Table.PAGES, key("a2"), key("small"));
        batch.commit();
      }
      store.compact();
      store.rewrite(Table.PAGES, key("a"), key("b"));
      assertThat(view.get(Table.PAGES, key("a1"))).contains(value);
      assertThat(store.bytes(Table.PAGES)).isGreaterThan(2 << 20);
      view.close();
      store.rewrite(Table.PAGES, key("a"), key("b"));
      assertThat(store.bytes(Table.PAGES)).isLessThan(3 << 19);
      try (PageView now = store.view()) {
        assertThat(now.get(Table.PAGES, key("a1"))).isEmpty();
        assertThat(now.get(Table.PAGES, key("b1"))).contains(value);
      }
    }
  }

  @Test
  void guessFarBelowTheFloorIsGivenUp(@TempDir Path directory) {
    try (RocksPageStore store = open(directory.resolve("pages"))) {
      put(store, "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9");
      try (PageView view = store.view()) {
        List<String> found = new ArrayList<>();
        view.scanFromGuess(
            Table.CHUNKS,
            key("b"),
            key("b1"),
            key("b8"),
            key("c"),
            (key, _) -> found.add(text(key)));
        assertThat(found).endsWith("b8", "b9").doesNotHaveDuplicates().hasSizeLessThan(9);
      }
    }
  }

  @Test
  void onlyWhatWasFlushedSurvives(@TempDir Path directory) {
    Path pages = directory.resolve("pages");
    try (RocksPageStore store = open(pages)) {
      put(store, "a");
      store.flush();
      put(store, "b");
    }
    try (RocksPageStore store = open(pages);
        PageView view = store.view()) {
      assertThat(scan(view, "", "", "z")).containsExactly("a");
      assertThat(view.get(Table.CATALOGUE, key("b"))).isEmpty();
    }
  }

  @Test
  void useAfterCloseThrowsInsteadOfCrashing(@TempDir Path directory) {
    RocksPageStore store = open(directory.resolve("pages"));
    PageView view = store.view();
    PageBatch batch = store.begin();
    store.close();
    assertThatThrownBy(() -> scan(view, "a", "a", "z")).isInstanceOf(PageStoreException.class);
    assertThatThrownBy(batch::commit).isInstanceOf(PageStoreException.class);
    assertThatThrownBy(store::flush).isInstanceOf(PageStoreException.class);
    view.close();
    batch.close();
    store.close();
  }

  @Test
  void missingPointerBesidePagesIsRefusedByName(@TempDir Path directory) throws IOException {
    Path pages = directory.resolve("pages");
    open(pages).close();
    Files.delete(pages.resolve("CURRENT"));
    assertThatThrownBy(() -> open(pages))
        .isInstanceOf(PageStoreException.class)
        .hasRootCauseMessage(
            "%s is missing beside %s: restore it"
                .formatted(pages.resolve("CURRENT"), pages.resolve("pages-1")));
  }

  @Test
  void virtualThreadsAreServedByThePool(@TempDir Path directory) throws InterruptedException {
    try (RocksPageStore store = open(directory.resolve("pages"))) {
      List<String> threads = new ArrayList<>();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    put(store, "a");
                    try (PageView view = store.view()) {
                      view.scan(
                          Table.CHUNKS,
                          key(""),
                          key("z"),
                          (_, _) -> threads.add(Thread.currentThread().getName()));
                    }
                  });
      caller.join();
      assertThat(threads).singleElement().asString().startsWith("storage-native-");
    }
  }

  @Test
  void blocksAndWhatIsNotWrittenYetStayWithinOneLimit(@TempDir Path directory) {
    long cache = 4L << 20;
    long buffers = 2L << 20;
    byte[] value = new byte[4096];
    try (RocksPageStore store =
        RocksPageStore.open(directory, RocksLimits.DEFAULT.withMemory(cache, buffers))) {
      long written = 0;
      for (int i = 0; i < 64; i++) {
        try (PageBatch batch = store.begin()) {
          for (int k = 0; k < 64; k++) {
            new java.util.Random(i * 64L + k).nextBytes(value);
            batch.put(Table.SECTIONS, key("%05d".formatted(i * 64 + k)), value);
          }
          batch.commit();
        }
        PageStore.Memory memory = store.memory();
        written = Math.max(written, memory.writeBuffers());
        assertThat(memory.cache()).isGreaterThanOrEqualTo(memory.writeBuffers() / 2);
      }
      // What is being flushed counts until it is.
      assertThat(written).isBetween(buffers / 4, 2 * buffers);
      store.flush();
      try (PageView view = store.view()) {
        for (int i = 0; i < 64 * 64; i++) {
          assertThat(view.get(Table.SECTIONS, key("%05d".formatted(i)))).isPresent();
        }
      }
      assertThat(store.memory().cache()).isBetween(cache / 4, cache + cache / 4);
    }
  }
}
