package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.MemoryBudget;
import io.trivigil.storage.SnapshotPosition;
import io.trivigil.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a store that does not open.
class StoreOpeningTest {
  private final Path data;

  StoreOpeningTest(@TempDir Path data) {
    this.data = data;
  }

  private StoreOpening opening(boolean hasPeers) {
    return new StoreOpening(data, hasPeers, MemoryBudget.DEFAULT, new Metrics(), Runnable::run);
  }

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(data.resolve("log/raft"));
    Files.writeString(data.resolve("log/identity"), "n1");
    Files.writeString(data.resolve("log/raft/segment"), "entries");
    try (Storage storage = opening(true).open()) {
      storage.beginEntry(7, 7_000);
      storage.endEntry();
      storage.capture(new SnapshotPosition(1, 7, 7_000), Map.of()).write();
    }
  }

  private void damage() throws IOException {
    Files.writeString(data.resolve("store/CURRENT"), "pages-9\n");
  }

  @Test
  void soundStoreStaysWhereItIs() throws IOException {
    try (Storage storage = opening(false).open()) {
      assertThat(storage.recovered().position().index()).isEqualTo(7);
    }
    assertThat(StoreOpening.setAside(data)).isEmpty();
  }

  @Test
  void aFullDiskIsNamed() {
    assertThat(StoreOpening.explained("why", data, StoreOpening.LEAST_FREE_BYTES)).isEqualTo("why");
    assertThat(StoreOpening.explained("why", data, 4_096))
        .startsWith("the disk is full: dir=" + data + " free_bytes=4096;")
        .endsWith("why");
  }

  @Test
  void damagedStoreOfAClusterIsKeptAndTheNodeBeginsAnew() throws IOException {
    damage();
    try (Storage storage = opening(true).open()) {
      assertThat(storage.recovered().position()).isEqualTo(SnapshotPosition.NOTHING);
    }
    Path aside = data.resolve("damaged-1");
    assertThat(StoreOpening.setAside(data)).containsExactly(aside);
    assertThat(aside.resolve("store/CURRENT")).hasContent("pages-9");
    assertThat(aside.resolve("log/raft/segment")).hasContent("entries");
    assertThat(aside.resolve("log/identity")).hasContent("n1");
    assertThat(aside.resolve("REASON")).content().contains("CURRENT names no directory");
    assertThat(data.resolve("log/rejoins")).exists();
    assertThat(data.resolve("log/identity")).doesNotExist();
  }

  @Test
  void afterThreeAttemptsAPersonHasToLook() throws IOException {
    for (int i = 1; i <= StoreOpening.ATTEMPTS; i++) {
      damage();
      opening(true).open().close();
      assertThat(StoreOpening.setAside(data)).hasSize(i);
    }
    damage();
    assertThatThrownBy(() -> opening(true).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the store is damaged again")
        .hasMessageContaining("3 damaged ones are kept");
    assertThat(data.resolve("store/CURRENT")).hasContent("pages-9"); // as it was
    assertThat(StoreOpening.wantAside(data, "bad")).isPresent();
  }

  @Test
  void clusterOfOneEndsAndNamesTheTool() throws IOException {
    damage();
    assertThatThrownBy(() -> opening(false).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("CURRENT names no directory: found=pages-9")
        .hasMessageContaining("trivigil store check " + data);
    assertThat(StoreOpening.setAside(data)).isEmpty();
  }

  @Test
  void damageThatWasMetWhileRunningIsSetAsideAtTheNextStart() throws IOException {
    assertThat(StoreOpening.wantAside(data, "block is wrong")).isEqualTo(Optional.empty());
    opening(true).open().close();
    assertThat(data.resolve("damaged-1/REASON")).hasContent("block is wrong");
    assertThat(data.resolve("store-damaged")).doesNotExist();
    opening(true).open().close();
    assertThat(StoreOpening.setAside(data)).hasSize(1);
  }

  @Test
  void majorityIsOfTheVoters() {
    List<String> three = List.of("n1", "n2", "n3");
    assertThat(Integrity.majority(three, Map.of("n1", "a", "n2", "b", "n3", "a"))).contains("a");
    assertThat(Integrity.majority(three, Map.of("n1", "a", "n2", "b"))).isEmpty();
    assertThat(Integrity.majority(three, Map.of("n1", "a", "x4", "a"))).isEmpty();
    assertThat(Integrity.majority(List.of("n1", "n2"), Map.of("n1", "a", "n2", "b"))).isEmpty();
  }
}
