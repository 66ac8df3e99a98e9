/* Starts Pagefind on the page for search, which says where the site is and what the field is for. */

const place = document.querySelector("#search");
const baseUrl = new URL(place.dataset.root, location.href).pathname;
new PagefindUI({ element: place, showImages: false, showSubResults: true, baseUrl });
place.querySelector("input").setAttribute("aria-label", place.dataset.label);
