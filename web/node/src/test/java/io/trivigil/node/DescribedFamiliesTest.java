package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.scraper.state.FamilyMeta;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What remote write says of families is bounded, replaced, and survives.
final class DescribedFamiliesTest {
  private final DescribedFamilies families = new DescribedFamilies();

  private void say(String family, String help) {
    TreeMap<String, FamilyMeta> said = new TreeMap<>();
    said.put(family, new FamilyMeta("counter", help, ""));
    families.apply(said);
  }

  @Test
  void theLastWordCountsAndSurvives() {
    assertThat(families.sections()).isEmpty();
    say("a", "one");
    say("b", "two");
    byte[] before = families.sections().get("families");
    assertThat(families.sections().get("families")).isSameAs(before);
    say("a", "three");
    DescribedFamilies other = new DescribedFamilies();
    say("c", "");
    other.restore(families.sections());
    assertThat(other.all()).isEqualTo(families.all()).hasSize(3);
    assertThat(other.all()).containsEntry("a", new FamilyMeta("counter", "three", ""));
    assertThat(other.bytes()).isEqualTo(families.bytes());
  }

  @Test
  void furtherFamiliesAndLongTextsAreIgnored() {
    say("long", "x".repeat(DescribedFamilies.MOST_BYTES));
    assertThat(families.all()).isEmpty();
    for (int i = 0; i <= DescribedFamilies.MOST_FAMILIES; i++) {
      say("f" + i, "h");
    }
    assertThat(families.all()).hasSize(DescribedFamilies.MOST_FAMILIES);
    say("f0", "changed");
    assertThat(families.all()).containsEntry("f0", new FamilyMeta("counter", "changed", ""));
  }

  @Test
  void theCommandsSurviveTheirBytes() {
    TreeMap<String, FamilyMeta> said = new TreeMap<>();
    said.put("a", new FamilyMeta("gauge", "h", "seconds"));
    WriteCommand describe = new WriteCommand.Describe(said);
    assertThat(WriteCommand.decode(describe.encode())).isEqualTo(describe);
    WriteCommand exemplars =
        new WriteCommand.Exemplars(
            5,
            List.of(
                new Exemplar(Labels.of("__name__", "m"), Labels.of("trace", "t"), -0.5, -3),
                new Exemplar(Labels.of("__name__", "m"), Labels.EMPTY, 1, 4)));
    assertThat(WriteCommand.decode(exemplars.encode())).isEqualTo(exemplars);
  }
}
