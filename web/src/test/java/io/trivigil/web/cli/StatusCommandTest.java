package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.json.JsonValue;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
  private static String lag(JsonValue value) {
    return StatusCommand.lag(new JsonValue.Fields(Map.of("lagMs", value)));
  }

  @Test
  void aLagThatNobodyKnowsIsAQuestionMark() {
    assertThat(lag(new JsonValue.Numeral("17"))).isEqualTo("17 ms");
    assertThat(lag(new JsonValue.Numeral("0"))).isEqualTo("0 ms");
    assertThat(lag(new JsonValue.Numeral("-1"))).isEqualTo("?");
    assertThat(StatusCommand.lag(new JsonValue.Fields(Map.of()))).isEqualTo("?");
  }
}
