package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      textBlock =
          """
          zh | en | en          | CHINESE
          -  | zh | en          | CHINESE
          xx | -  | -           | ENGLISH
          -  | -  | -           | ENGLISH
          -  | -  | zh-CN,zh;q=0.9,en;q=0.8 | CHINESE
          -  | -  | en-US,zh;q=0.9          | ENGLISH
          -  | -  | fr, zh;q=0.3, en;q=0.2  | CHINESE
          -  | -  | zh;q=0, en;q=0.1        | ENGLISH
          -  | -  | zh;q=x                  | ENGLISH
          """)
  void theFirstWordThatWeSpeakWins(
      String parameter, String cookie, String header, Language expected) {
    assertThat(
            Language.choose(
                Optional.ofNullable(parameter),
                Optional.ofNullable(cookie),
                Optional.ofNullable(header)))
        .isEqualTo(expected);
  }
}
