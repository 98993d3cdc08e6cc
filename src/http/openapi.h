/* The description of the API in OpenAPI 3.1, generated from the forms: what is not in a table cannot be in it. */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

#include "policy/house.h"

/* The whole document as a model, ready for json_write. NULL: no memory. */
struct node *openapi_model(struct arena *arena, const struct house *house);

#endif
