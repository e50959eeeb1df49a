package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelApiTest {
  /// `labels`, `rules` and `/federate` say it like this; `series` names the parameter before it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      textBlock =
          """
          up{    § 1:4: parse error: unexpected end of input inside braces
          {}     § match[] must contain at least one non-empty matcher
          {a=""} § match[] must contain at least one non-empty matcher
          """)
  void selectorsThatCanNotBeUsed(String text, String message) {
    Params params = Params.parse("match[]=" + text.replace("=", "%3D"));
    assertThatThrownBy(() -> LabelApi.selectors(params))
        .isInstanceOf(ApiException.class)
        .hasMessage(message);
  }

  @Test
  void everySelectorIsTaken() {
    assertThat(LabelApi.selectors(Params.parse("match[]=up&match[]=a{b=~\".%2B\"}"))).hasSize(2);
    assertThat(LabelApi.selectors(Params.NONE)).isEmpty();
  }

  @Test
  void namesMayBeEscaped() {
    assertThat(LabelApi.unescaped("U__a_2e_b__c")).isEqualTo("a.b_c");
    assertThat(LabelApi.unescaped("a_b")).isEqualTo("a_b");
  }
}
