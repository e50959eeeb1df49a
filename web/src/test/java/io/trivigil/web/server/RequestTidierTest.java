package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTidierTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '~',
      value = {
        "/q?query=up{job=\"x\"} /q?query=up%7Bjob=%22x%22%7D",
        "/q?a=%2B&b=c+d /q?a=%2B&b=c+d",
        "/q?a=100% /q?a=100%25",
        "/q?match[]=up /q?match[]=up",
        "/q?a=%7B1}&b=%4&c=2\\ /q?a=%7B1%7D&b=%254&c=2%5C",
        "/q?a=\u0001\u00e9 /q?a=%01%E9",
      })
  void whatMayNotStandInAnAddressIsEscaped(String uri, String expected) {
    assertThat(RequestTidier.escaped(uri)).isEqualTo(expected);
  }
}
