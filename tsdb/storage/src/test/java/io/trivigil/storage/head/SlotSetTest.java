package io.trivigil.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SlotSetTest {
  @Test
  void eachSlotIsToldOnceInRisingOrder() {
    Random random = new Random(7);
    for (int most : new int[] {1, 64, 65, 1024, 1025, 100_000}) {
      SlotSet set = new SlotSet();
      TreeSet<Integer> wanted = new TreeSet<>();
      for (int i = 0; i < 2000; i++) {
        int slot = random.nextInt(most);
        set.add(slot);
        wanted.add(slot);
      }
      List<Integer> told = new ArrayList<>();
      set.forEach(told::add);
      assertThat(told).containsExactlyElementsOf(wanted);
      assertThat(set.size()).isEqualTo(wanted.size());
    }
  }

  @Test
  void anEmptyOneTellsNothing() {
    SlotSet set = new SlotSet();
    List<Integer> told = new ArrayList<>();
    set.forEach(told::add);
    assertThat(told).isEmpty();
    assertThat(set.size()).isZero();
  }
}
