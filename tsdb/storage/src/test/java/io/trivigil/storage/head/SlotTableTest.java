package io.trivigil.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SlotTableTest {
  private static final int SERIES = 3_000; // three pages

  private final SlotTable table = new SlotTable(true);

  private void fill() {
    for (long ref = 1; ref <= SERIES; ref++) {
      assertThat(table.add(ref, 1, Head.NONE, 0)).isEqualTo((int) ref - 1);
    }
  }

  @Test
  void onlyWhoIsLiveIsFoundToAppend() {
    fill();
    table.setRetired(table.find(5), true);
    table.setRetired(table.find(6), true);
    table.setRetired(table.find(6), false); // it came back
    table.setRemoved(table.find(7), 40);
    table.setRemoved(table.find(2_000), 40);
    table.shelve(table.find(8));
    for (long ref = 1; ref <= SERIES; ref++) {
      boolean live = ref != 5 && ref != 7 && ref != 8 && ref != 2_000;
      assertThat(table.findToAppend(ref)).isEqualTo(live ? (int) ref - 1 : SlotTable.NONE);
      assertThat(table.findLive(ref)).isEqualTo(table.findToAppend(ref));
    }
    for (long ref : new long[] {Long.MIN_VALUE, -1, 0, SERIES + 1, 1 << 20, Long.MAX_VALUE}) {
      assertThat(table.findToAppend(ref)).isEqualTo(SlotTable.NONE);
    }
    table.close();
  }

  @Test
  void whoGetsTheSlotOfOneThatLeftIsLive() {
    fill();
    int slot = table.find(7);
    table.setRemoved(slot, 40);
    table.recycle(slot);
    assertThat(table.findToAppend(7)).isEqualTo(SlotTable.NONE);
    assertThat(table.add(SERIES + 1, 1, 5, 6)).isEqualTo(slot);
    assertThat(table.findToAppend(SERIES + 1)).isEqualTo(slot);
    assertThat(table.ownNewest(slot)).isZero();
    assertThat(table.ownLastMs(slot)).isEqualTo(5);
    table.close();
  }

  @Test
  void readersSeeWhatTheWriterPublished() {
    fill();
    int slot = table.find(2_500);
    table.publish(slot, 12, 34, -56);
    assertThat(table.newest(slot)).isEqualTo(12).isEqualTo(table.ownNewest(slot));
    assertThat(table.lastMs(slot)).isEqualTo(34).isEqualTo(table.ownLastMs(slot));
    assertThat(table.lastBits(slot)).isEqualTo(-56);
    assertThat(table.ref(slot)).isEqualTo(2_500);
    assertThat(table.record(slot)).isEqualTo(1);
    table.close();
  }

  @Test
  void theWriterFindsNoMemoryThatWasGivenBack() {
    fill();
    table.close();
    assertThatThrownBy(() -> table.ownNewest(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.ownLastMs(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.findToAppend(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.marked(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.mark(0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.publish(0, 1, 2, 3)).isInstanceOf(IllegalStateException.class);
  }
}
