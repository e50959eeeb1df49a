package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.dashboards.page.ListFilter;
import io.trivigil.dashboards.page.TargetRow;
import io.trivigil.dashboards.page.TargetsPage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static final TargetRow TARGET = new Samples("").targets().getFirst();

  @ParameterizedTest
  @CsvSource({"999, 999, 0", "1000, 1000, 0", "1001, 1000, 1"})
  void aListShowsItsFirstRowsAndCountsTheRest(int rows, int shown, int hidden) {
    TargetsPage page = new TargetsPage(ListFilter.ALL, Collections.nCopies(rows, TARGET), 0);
    assertThat(page.pools().stream().mapToInt(p -> p.targets().size()).sum()).isEqualTo(shown);
    assertThat(page.hidden()).isEqualTo(hidden);
    assertThat(page.pools().getFirst().total()).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "' ', true",
    "master, true",
    "MASTER 9100, true",
    "9100 nope, false",
    "<b>, false"
  })
  void aFilterWantsAllItsWordsInAnyCase(String words, boolean found) {
    ListFilter filter = new ListFilter("", "", words);
    assertThat(new TargetsPage(filter, List.of(TARGET), 0).noMatch()).isEqualTo(!found);
  }

  @Test
  void aFilterReadsTheAddress() {
    assertThat(ListFilter.of(Map.of("state", List.of("down", "up"), "q", List.of("a b"))))
        .isEqualTo(new ListFilter("", "down", "a b"));
    assertThat(ListFilter.of(Map.of("view", List.of()))).isEqualTo(ListFilter.ALL);
  }
}
