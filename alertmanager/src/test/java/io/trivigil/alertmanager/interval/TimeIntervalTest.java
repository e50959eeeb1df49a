package io.trivigil.alertmanager.interval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlValue;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeIntervalTest {
  private static TimeInterval read(String yaml, Problems problems) {
    return TimeIntervalReader.read(
        YamlValue.parse("t", yaml, problems).orElseThrow().map("TimeInterval", problems));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "times: [{start_time: '09:00', end_time: '17:00'}] | 2026-03-02T09:00:00Z | true",
        "times: [{start_time: 09:00, end_time: 17:00}] | 2026-03-02T17:00:00Z | false",
        "times: [{start_time: 22:00, end_time: 24:00}] | 2026-03-02T23:59:59Z | true",
        "weekdays: ['monday:friday'] | 2026-03-02T12:00:00Z | true",
        "weekdays: ['monday:friday'] | 2026-03-01T12:00:00Z | false",
        "weekdays: [Sunday] | 2026-03-01T12:00:00Z | true",
        "days_of_month: ['-1'] | 2026-02-28T12:00:00Z | true",
        "days_of_month: ['-1'] | 2026-02-27T12:00:00Z | false",
        "days_of_month: ['29:31'] | 2026-02-28T12:00:00Z | false",
        "days_of_month: ['1:31'] | 2026-02-28T12:00:00Z | true",
        "months: ['december', '1:3'] | 2026-02-28T12:00:00Z | true",
        "months: ['december', '1:3'] | 2026-04-28T12:00:00Z | false",
        "years: ['2020:2025', '2027'] | 2026-04-28T12:00:00Z | false",
        "years: ['2026'] | 2026-04-28T12:00:00Z | true",
        "{times: [{start_time: 08:00, end_time: 09:00}], location: Asia/Shanghai} | 2026-04-28T00:30:00Z | true",
        "{weekdays: [tuesday], months: [april]} | 2026-04-28T12:00:00Z | true",
        "{weekdays: [tuesday], months: [may]} | 2026-04-28T12:00:00Z | false",
      })
  void containsTheMoment(String yaml, String moment, boolean expected) {
    Problems problems = new Problems();
    TimeInterval interval = read(yaml, problems);
    assertThat(problems.errors()).isEmpty();
    assertThat(interval.contains(Instant.parse(moment).toEpochMilli())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "times: [{start_time: '17:00', end_time: '09:00'}] | start time cannot be equal or greater",
        "times: [{start_time: '25:00', end_time: '26:00'}] | couldn't parse timestamp",
        "times: [{start_time: '05:00'}] | both start and end times must be provided",
        "weekdays: ['friday:monday'] | start day cannot be before end day",
        "weekdays: [funday] | funday is not a valid weekday",
        "days_of_month: ['0'] | out of range",
        "days_of_month: ['-1:5'] | end day must be negative",
        "days_of_month: ['5:-27'] | is always before start day",
        "months: ['13'] | out of range",
        "years: ['2027:2026'] | start year cannot be before end year",
        "location: Nowhere/AtAll | unknown time zone",
      })
  void whatIsWrongIsSaid(String yaml, String problem) {
    Problems problems = new Problems();
    read(yaml, problems);
    assertThat(problems.errors().toString()).contains(problem);
  }
}
