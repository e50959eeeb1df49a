package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.promql.Numbered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelOrderTest {
  private record Item(Labels labels, int number) {}

  private static final String[] TEXTS = {
    "a", "b", "ab", "a-", "\uE000", "\uD83D\uDE00", "z9", "10", "9"
  };

  /// Some of whose labels are equal, so that it shows whether the order is stable.
  private static List<Item> items(Random random, int count, int names, boolean ragged) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Labels.Builder labels = new Labels.Builder();
      for (int n = 0; n < names; n++) {
        if (!ragged || random.nextInt(4) > 0) {
          // Sometimes a text of its own, for the same text need not be the same object.
          String text = new String(TEXTS[random.nextInt(TEXTS.length)].toCharArray());
          labels.set("n" + n, random.nextBoolean() ? text : text + random.nextInt(20));
        }
      }
      items.add(new Item(labels.build(), i));
    }
    return items;
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, false",
    "31, 3, false",
    "32, 3, false",
    "1000, 1, false",
    "1000, 3, false",
    "1000, 3, true",
    "500, 12, false",
    "500, 0, false"
  })
  void itIsThatOfComparing(int count, int names, boolean ragged) {
    for (int seed = 0; seed < 20; seed++) {
      List<Item> items = items(new Random(seed), count, names, ragged);
      List<Item> expected = new ArrayList<>(items);
      expected.sort(Comparator.comparing(Item::labels));
      assertThat(LabelOrder.sorted(items, Item::labels)).isEqualTo(expected);
      assertThat(LabelOrder.sorted(expected, Item::labels)).isSameAs(expected);
      Numbered numbers = new Numbered();
      Function<Item, Labelled> numbered = item -> numbers.of(item.labels());
      assertThat(LabelOrder.sorted(items, numbered)).isEqualTo(expected);
      assertThat(LabelOrder.sorted(expected, numbered)).isSameAs(expected);
    }
  }

  @Test
  void nothingIsSortedToo() {
    assertThat(LabelOrder.sorted(List.<Item>of(), Item::labels)).isEmpty();
  }
}
