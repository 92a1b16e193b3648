/* Declarations of the part of libgpiod 2's interface that is used here, for machines that only have 1.6: our
 * own, after its documentation. Not for building what is installed. */
#ifndef HEARTH_TEST_GPIOD2_STUB_H
#define HEARTH_TEST_GPIOD2_STUB_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gpiod_chip;
struct gpiod_chip_info;
struct gpiod_line_info;
struct gpiod_line_settings;
struct gpiod_line_config;
struct gpiod_request_config;
struct gpiod_line_request;

enum gpiod_line_value {
  GPIOD_LINE_VALUE_ERROR = -1,
  GPIOD_LINE_VALUE_INACTIVE = 0,
  GPIOD_LINE_VALUE_ACTIVE = 1
};
enum gpiod_line_direction {
  GPIOD_LINE_DIRECTION_AS_IS = 1,
  GPIOD_LINE_DIRECTION_INPUT,
  GPIOD_LINE_DIRECTION_OUTPUT
};
enum gpiod_line_drive {
  GPIOD_LINE_DRIVE_PUSH_PULL = 1,
  GPIOD_LINE_DRIVE_OPEN_DRAIN,
  GPIOD_LINE_DRIVE_OPEN_SOURCE
};

struct gpiod_chip* gpiod_chip_open(const char* path);
void gpiod_chip_close(struct gpiod_chip* chip);
struct gpiod_chip_info* gpiod_chip_get_info(struct gpiod_chip* chip);
struct gpiod_line_info* gpiod_chip_get_line_info(struct gpiod_chip* chip, unsigned int offset);
struct gpiod_line_request* gpiod_chip_request_lines(struct gpiod_chip* chip,
                                                    struct gpiod_request_config* request,
                                                    struct gpiod_line_config* lines);

void gpiod_chip_info_free(struct gpiod_chip_info* info);
const char* gpiod_chip_info_get_name(struct gpiod_chip_info* info);
const char* gpiod_chip_info_get_label(struct gpiod_chip_info* info);
size_t gpiod_chip_info_get_num_lines(struct gpiod_chip_info* info);

void gpiod_line_info_free(struct gpiod_line_info* info);
const char* gpiod_line_info_get_name(struct gpiod_line_info* info);
const char* gpiod_line_info_get_consumer(struct gpiod_line_info* info);

struct gpiod_line_settings* gpiod_line_settings_new(void);
void gpiod_line_settings_free(struct gpiod_line_settings* settings);
int gpiod_line_settings_set_direction(struct gpiod_line_settings* settings,
                                      enum gpiod_line_direction direction);
int gpiod_line_settings_set_drive(struct gpiod_line_settings* settings, enum gpiod_line_drive drive);
void gpiod_line_settings_set_active_low(struct gpiod_line_settings* settings, bool active_low);
int gpiod_line_settings_set_output_value(struct gpiod_line_settings* settings, enum gpiod_line_value value);

struct gpiod_line_config* gpiod_line_config_new(void);
void gpiod_line_config_free(struct gpiod_line_config* config);
int gpiod_line_config_add_line_settings(struct gpiod_line_config* config, const unsigned int* offsets,
                                        size_t count, struct gpiod_line_settings* settings);

struct gpiod_request_config* gpiod_request_config_new(void);
void gpiod_request_config_free(struct gpiod_request_config* config);
void gpiod_request_config_set_consumer(struct gpiod_request_config* config, const char* consumer);

int gpiod_line_request_set_value(struct gpiod_line_request* request, unsigned int offset,
                                 enum gpiod_line_value value);
void gpiod_line_request_release(struct gpiod_line_request* request);

#ifdef __cplusplus
}
#endif

#endif
